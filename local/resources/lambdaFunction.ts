import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { cfnNumber, defineResource, generatedName, inert } from './define.ts';
import { fillEndpoints } from './endpointPlaceholder.ts';

export const lambdaFunction = defineResource(
  'AWS::Lambda::Function',
  {
    FunctionName: z.string().optional(),
    Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    Handler: z.string(),
    Runtime: z.string().regex(/^nodejs(22|24)\.x$/, { error: 'expected nodejs22.x or nodejs24.x' }),
    Timeout: cfnNumber.int().min(1).max(900).default(3),
    MemorySize: cfnNumber.int().min(128).max(10_240).default(128),
    ReservedConcurrentExecutions: cfnNumber.int().min(0).optional(),
    Environment: z
      .strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) })
      .optional(),
    VpcConfig: z
      .strictObject({
        SecurityGroupIds: z.array(z.string()).default([]),
        SubnetIds: inert('one machine has no subnets'),
      })
      .optional(),
    LoggingConfig: z
      .strictObject({
        LogGroup: z.string().optional(),
        LogFormat: z.enum(['Text', 'JSON']).default('Text'),
        ApplicationLogLevel: z
          .enum(['TRACE', 'DEBUG', 'INFO'], {
            error: 'expected INFO or more: lines of metrics count as INFO',
          })
          .optional(),
        SystemLogLevel: inert('nothing is written about invocations that went well, as at WARN'),
      })
      .optional(),
    Architectures: inert("functions run on this machine's processor"),
    Description: z.string().optional(),
    Role: inert('IAM policies are not exercised on this machine'),
  },
  async (properties, { functions, configurations, securityGroupProxy, logGroups, clock }, scope) => {
    const name = properties.FunctionName ?? generatedName(scope);
    const { S3Bucket, S3Key } = properties.Code;
    const codeDirectory = scope.codeDirectory(S3Bucket, S3Key);
    if (codeDirectory === undefined) {
      throw new TemplateError(
        scope.where,
        `the assembly has no code asset ${S3Bucket}/${S3Key}; synthesize again`,
      );
    }
    const client = { name, securityGroupIds: properties.VpcConfig?.SecurityGroupIds ?? [] };
    const environment: Record<string, string> = {};
    const clusters = new Set<string>();
    for (const [key, value] of Object.entries(properties.Environment?.Variables ?? {})) {
      environment[key] = await fillEndpoints(value, (cluster) => {
        clusters.add(cluster);
        return securityGroupProxy.open(client, cluster);
      });
    }
    const shortcuts = await Promise.all(
      [...clusters].map((cluster) => securityGroupProxy.shortcut(client, cluster)),
    );
    const logging = properties.LoggingConfig;
    const logGroupName = logging?.LogGroup ?? `/aws/lambda/${name}`;
    functions.add({
      name,
      codeDirectory,
      handler: properties.Handler,
      timeoutMs: properties.Timeout * 1_000,
      memoryMiB: properties.MemorySize,
      environment,
      shortcuts,
      ...(properties.ReservedConcurrentExecutions !== undefined && {
        reservedConcurrency: properties.ReservedConcurrentExecutions,
      }),
      logGroupName,
      logFormat: logging?.LogFormat ?? 'Text',
      ...(logging?.ApplicationLogLevel && { applicationLogLevel: logging.ApplicationLogLevel }),
    });
    const logGroup = logGroups.add(logGroupName, clock.now());
    logGroup.sources.push((range) => functions.logs.read(name, range));
    functions.logs.follow(name, (lines) => {
      for (const look of logGroup.filters) lines.forEach(look);
    });
    configurations.add({
      name,
      arn: functions.arn(name),
      runtime: properties.Runtime,
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      memoryMiB: properties.MemorySize,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      description: properties.Description,
      variables: environment,
      securityGroupIds: client.securityGroupIds,
      logGroupName,
      createdMs: clock.now(),
    });
    return { ref: name, attributes: { Arn: functions.arn(name) } };
  },
);
