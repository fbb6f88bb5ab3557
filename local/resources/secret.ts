import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { cfnBoolean, cfnNumber, defineResource, generatedName, inert } from './define.ts';

const generateSchema = z.strictObject({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: cfnNumber.int().min(1).max(4_096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludePunctuation: cfnBoolean.default(false),
  ExcludeNumbers: cfnBoolean.default(false),
  ExcludeLowercase: cfnBoolean.default(false),
  ExcludeUppercase: cfnBoolean.default(false),
  IncludeSpace: cfnBoolean.default(false),
  RequireEachIncludedType: cfnBoolean.default(true),
});

export const secret = defineResource(
  'AWS::SecretsManager::Secret',
  {
    Name: z.string().optional(),
    Description: z.string().optional(),
    SecretString: z.string().optional(),
    GenerateSecretString: generateSchema.optional(),
    KmsKeyId: inert('nothing is encrypted on this machine'),
  },
  (properties, { secrets, clock }, scope) => {
    const { SecretString, GenerateSecretString, Description } = properties;
    const value = SecretString ?? (GenerateSecretString ? generate(GenerateSecretString) : '');
    const { arn } = secrets.put(properties.Name ?? generatedName(scope), value, {
      nowMs: clock.now(),
      ...(Description !== undefined && { description: Description }),
    });
    return { ref: arn, attributes: { Id: arn } };
  },
);

function generate(options: z.output<typeof generateSchema>): string {
  const value = password(options);
  const { SecretStringTemplate, GenerateStringKey } = options;
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return value;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) {
    throw new Error('GenerateSecretString: expected SecretStringTemplate and GenerateStringKey together');
  }
  const template = JSON.parse(SecretStringTemplate) as Record<string, unknown>;
  return JSON.stringify({ ...template, [GenerateStringKey]: value });
}

/** A password of the kinds of characters asked for, each at least once unless the template says otherwise. */
function password(options: z.output<typeof generateSchema>): string {
  const kinds = [
    options.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    options.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    options.ExcludeNumbers ? '' : '0123456789',
    options.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    options.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => Array.from(kind).filter((character) => !options.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const all = kinds.flat();
  if (all.length === 0) throw new Error('GenerateSecretString: every character is excluded');
  if (options.RequireEachIncludedType && options.PasswordLength < kinds.length) {
    throw new Error(`GenerateSecretString: PasswordLength: expected at least ${kinds.length}`);
  }
  for (;;) {
    const characters = Array.from({ length: options.PasswordLength }, () => all[randomInt(all.length)] ?? '');
    const complete = kinds.every((kind) => characters.some((character) => kind.includes(character)));
    if (complete || !options.RequireEachIncludedType) return characters.join('');
  }
}
