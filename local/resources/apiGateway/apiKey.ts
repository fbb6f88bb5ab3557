import { z } from 'zod';
import { cfnBoolean, defineResource, generatedName, inert, physicalId } from '../define.ts';

export const apiKey = defineResource(
  'AWS::ApiGateway::ApiKey',
  {
    Name: z.string().optional(),
    Description: inert('a note'),
    Enabled: cfnBoolean.default(false),
    Value: z
      .string({ error: 'expected a Value: nothing here would tell one that was made' })
      .regex(/^[A-Za-z0-9]{20,128}$/, { error: 'expected 20 to 128 letters and digits' }),
  },
  ({ Name, Enabled, Value }, { api }, scope) => {
    const id = physicalId(scope, 10);
    api.keys.set(id, { name: Name ?? generatedName(scope), value: Value, isEnabled: Enabled });
    return { ref: id, attributes: { APIKeyId: id } };
  },
);
