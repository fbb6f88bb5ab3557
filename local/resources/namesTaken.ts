import type { BootedStack } from '../aws/cloudformation/stacks.ts';
import { TemplateError } from '../errors.ts';

/** What an account has one of a name: a second one would take the place of the first, without a word. */
const unique: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Function',
  'AWS::Redshift::Cluster',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
]);

/** The names that the stage's stacks have given to their resources, of this app or of another. */
export class NamesTaken {
  /** By type and physical id, `stack/logicalId`. */
  readonly #by = new Map<string, string>();

  constructor(stacks: readonly BootedStack[]) {
    for (const { name, resources } of stacks) {
      for (const { type, physicalId, logicalId } of resources) {
        this.#by.set(`${type} ${physicalId}`, `${name}/${logicalId}`);
      }
    }
  }

  /** @throws TemplateError for a name that another resource has */
  take(type: string, physicalId: string, where: string): void {
    if (!unique.has(type)) return;
    const key = `${type} ${physicalId}`;
    const other = this.#by.get(key);
    if (other !== undefined) {
      throw new TemplateError(
        where,
        `${type}: expected another name than ${physicalId}, which ${other} has: an account has one of a name`,
      );
    }
    this.#by.set(key, where);
  }
}
