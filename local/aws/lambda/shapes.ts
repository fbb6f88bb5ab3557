import { AwsError } from '../errors.ts';
import type { WireDocument } from '../wire.ts';
import type { FunctionConfiguration } from './functions.ts';

/** A function as Lambda tells it, of what a template says. */
export const configurationShape = (configuration: FunctionConfiguration): WireDocument => ({
  FunctionName: configuration.name,
  FunctionArn: configuration.arn,
  Runtime: configuration.runtime,
  Handler: configuration.handler,
  Timeout: configuration.timeoutSeconds,
  MemorySize: configuration.memoryMiB,
  Description: configuration.description ?? '',
  LastModified: new Date(configuration.createdMs).toISOString().replace('Z', '+0000'),
  Version: '$LATEST',
  PackageType: 'Zip',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  Environment: { Variables: configuration.variables },
  VpcConfig: { SecurityGroupIds: configuration.securityGroupIds },
  LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroupName },
});

export const invalidLambdaInput = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message);
