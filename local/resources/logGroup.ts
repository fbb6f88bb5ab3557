import { z } from 'zod';
import { defineResource, generatedName, inert } from './define.ts';

export const logGroup = defineResource(
  'AWS::Logs::LogGroup',
  {
    LogGroupName: z.string().optional(),
    RetentionInDays: inert('a stage on this machine does not live for days'),
    LogGroupClass: inert('nothing is paid for on this machine'),
    KmsKeyId: inert('nothing is encrypted on this machine'),
  },
  (properties, { logGroups, clock, region, accountId }, scope) => {
    const name = properties.LogGroupName ?? generatedName(scope);
    logGroups.add(name, clock.now());
    return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
  },
);
