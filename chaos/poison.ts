import { clientOf } from '../loadtests/k6/lib/clients.ts';
import { limits } from '../monitoring/limits.ts';
import { messageSchemaVersion } from '../service/domain/message.ts';
import type { NonRetryableMessageError } from '../service/errors.ts';
import { goodIds, type DrillIdentity } from './identity.ts';

/** A message that no retry can make succeed, for one defect alone. */
export interface Poison {
  /** No other message, of whomever, has this body: by it the drill knows its own dead letters again. */
  body: string;
  /** The reason with which the subscriber must give it up. */
  reason: NonRetryableMessageError['errorCode'];
}

const { poisonRounds: rounds } = limits.drill;

/** A year that the contract takes and that is not to come soon. */
const farAhead = '2099-12-31T23:59:59.999Z';
const longAgo = '2000-01-01T00:00:00.000Z';

/**
 * The poison of a drill, in rounds: each has one message of each kind that the service refuses. The same
 * drill gets the same messages whenever it asks. Their ids are the last ones of the drill's block.
 */
export function poisonRounds({ drillId, firstId }: DrillIdentity): Poison[][] {
  return Array.from({ length: rounds }, (_, round) => {
    const client = (kind: number) => ({
      schemaVersion: messageSchemaVersion,
      ...clientOf(firstId + goodIds + 3 * round + kind),
      nombre: drillId,
      apellido: 'poison',
      occurredAt: longAgo,
    });
    return [
      { body: `${drillId}: ${firstId}, no JSON, ${round}`, reason: 'messageNotJson' },
      {
        body: JSON.stringify({ ...client(0), schemaVersion: messageSchemaVersion + 1 }),
        reason: 'messageVersionUnsupported',
      },
      { body: JSON.stringify({ ...client(1), correo: 'no address' }), reason: 'messageInvalid' },
      { body: JSON.stringify({ ...client(2), occurredAt: farAhead }), reason: 'messageInvalid' },
    ];
  });
}

/** The reason that each body must be given up with. */
export const poisonReasons = (identity: DrillIdentity): ReadonlyMap<string, string> =>
  new Map(
    poisonRounds(identity)
      .flat()
      .map(({ body, reason }) => [body, reason]),
  );

/** Whether an id of the drill's block is a poison message's. */
export const isPoisonId = (id: number, firstId: number): boolean => id >= firstId + goodIds;
