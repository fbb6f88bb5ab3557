import { z } from 'zod';
import { AwsError } from '../errors.ts';

export const invalidLogsInput = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message);

/** A group's name, or its ARN as CloudWatch Logs writes it. */
export const logGroupNameOf = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.split(':').slice(6).join(':').replace(/:\*$/, '') : nameOrArn;

/** How actions name a group: either by its name or by what may be its ARN. */
export const groupInput = {
  logGroupName: z.string().optional(),
  logGroupIdentifier: z.string().optional(),
};

/** @throws AwsError `InvalidParameterException` unless there is one of both */
export function groupNameOf(input: {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalidLogsInput('expected one of logGroupName and logGroupIdentifier');
  }
  return logGroupName ?? logGroupNameOf(logGroupIdentifier ?? '');
}

/** The one stream of every group here. */
export const logStreamName = 'local';

/** Everything a group has. */
export const always = { startMs: 0, endMs: Infinity };
