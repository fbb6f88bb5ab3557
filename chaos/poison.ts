import { poisonIds, type Poison } from '../fleet/serviceLoad.ts';
import { limits } from '../monitoring/limits.ts';
import { goodIds, type DrillIdentity } from './identity.ts';

const { poisonRounds: rounds } = limits.drill;

/**
 * The poison of a drill, in rounds: each has one message of each kind that the service refuses. The same
 * drill gets the same messages whenever it asks. Their ids are the last ones of the drill's block, and their bodies
 * no other message's, of whomever: by them the drill knows its own dead letters again.
 */
export const poisonRounds = ({ service, drillId, firstId }: DrillIdentity): (readonly Poison[])[] =>
  Array.from({ length: rounds }, (_, round) =>
    service.load.poison(firstId + goodIds + poisonIds * round, `${drillId}-${round}`),
  );

/** Of how many kinds the poison of a drill is. */
export const poisonKindsOf = (identity: DrillIdentity): number => poisonRounds(identity)[0]?.length ?? 0;

/** The reason that each body must be given up with. */
export const poisonReasons = (identity: DrillIdentity): ReadonlyMap<string, string> =>
  new Map(
    poisonRounds(identity)
      .flat()
      .map(({ body, reason }) => [body, reason]),
  );

/** Whether an id of the drill's block is a poison message's. */
export const isPoisonId = (id: number, firstId: number): boolean => id >= firstId + goodIds;
