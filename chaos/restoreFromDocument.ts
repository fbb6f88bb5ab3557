import type { DocumentWith } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/describeError.ts';
import { settleAtMost } from '../core/settleAtMost.ts';
import { limits } from '../monitoring/limits.ts';
import type { RestoreClients } from './faults/fault.ts';
import { revokeIngressRule } from './faults/revokeIngressRule.ts';
import { isPresent } from './ingressRule.ts';

type RuledDocument = DocumentWith<'securityGroups'>;

/** What became of the one rule that lets a system's functions reach its database. */
export interface RestoredRule {
  system: string;
  /** `missing`: it is to be put back, and was not. */
  state: 'present' | 'missing' | 'putBack';
  /** Why it could not be looked at, or put back; null otherwise. */
  problem: string | null;
}

/**
 * Puts back the rule that each system's document names, exactly as it stands there, where it is missing. It needs no
 * journal: a drill that was killed on another machine left its journal there. Safe to repeat.
 * @param options.lookOnly changes nothing, and tells which are missing
 */
export async function restoreFromDocuments(
  systems: readonly RuledDocument[],
  options: { clients: RestoreClients; clock: Clock; lookOnly: boolean },
): Promise<RestoredRule[]> {
  const settled = await settleAtMost(systems, limits.systemsAtOnce, (system) => ofSystem(system, options));
  return settled.map((one) =>
    one.state === 'done'
      ? one.result
      : { system: one.item.system, state: 'missing', problem: describeError(one.error) },
  );
}

async function ofSystem(
  { system, securityGroups: { dbServers, rule } }: RuledDocument,
  { clients, clock, lookOnly }: { clients: RestoreClients; clock: Clock; lookOnly: boolean },
): Promise<RestoredRule> {
  const exact = { groupId: dbServers, ...rule };
  if (await isPresent(clients.ec2, exact)) return { system, state: 'present', problem: null };
  if (lookOnly) return { system, state: 'missing', problem: null };
  await revokeIngressRule.restore(exact, { clients, clock, injectedAtMs: 0, reached: [] });
  return { system, state: 'putBack', problem: null };
}
