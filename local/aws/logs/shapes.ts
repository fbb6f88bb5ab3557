import { AwsError } from '../errors.ts';

export const invalidLogsInput = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

/** A group's name, or its ARN as CloudWatch Logs writes it. */
export const logGroupNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(6).join(':').replace(/:\*$/, '') : nameOrArn;

/** The one stream of every group here. */
export const logStreamName = 'local';
