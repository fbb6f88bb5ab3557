import { TemplateError } from '../errors.ts';
import type { ResourceScope, StageContext } from './context.ts';

/**
 * Names are derived from the account in places that never see the resource (alarm actions, policies), so
 * what the messaging server made must carry the same one.
 * @throws TemplateError
 */
export function requireAccount(arn: string, context: StageContext, scope: ResourceScope): void {
  if (arn.split(':')[4] === context.accountId) return;
  throw new TemplateError(
    scope.where,
    `the messaging server made ${arn}, but the stage's account is ${context.accountId}; synthesize for its account`,
  );
}
