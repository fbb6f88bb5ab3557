import { z } from 'zod';
import { defineResource, generatedName, inert } from './define.ts';
import { rewriteApiUrls } from './localAddresses.ts';

export const ssmParameter = defineResource(
  'AWS::SSM::Parameter',
  {
    Name: z.string().optional(),
    Type: z.enum(['String', 'StringList']),
    Value: z.coerce.string(),
    Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).default('Standard'),
    Description: inert('a note'),
  },
  (properties, { parameters, clock, api, region }, scope) => {
    const name = properties.Name ?? `CFN-${generatedName(scope)}`;
    const value = rewriteApiUrls(properties.Value, region, api.url);
    parameters.put(name, value, {
      nowMs: clock.now(),
      type: properties.Type,
      overwrite: false,
      advanced: properties.Tier !== 'Standard',
    });
    return { ref: name, attributes: { Type: properties.Type, Value: value } };
  },
);
