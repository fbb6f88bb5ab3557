import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage, requireHappened } from '../service/domain/message.ts';
import { NonRetryableMessageError } from '../service/errors.ts';
import { isPoisonId, poisonKindsOf, poisonReasons, poisonRounds } from './poison.ts';
import { goodIds } from './identity.ts';
import { service } from '../service/testing/service.ts';
import type { Poison } from '../fleet/serviceLoad.ts';

const identity = { drillId: 'poison-messages-20260101T000000Z', firstId: 5_000_000_000, service };
const nowMs = Date.UTC(2026, 0, 1);

/** What the service says of a body; null where it takes it. */
function refusalOf({ body }: Poison): NonRetryableMessageError | null {
  try {
    requireHappened(parseMessage(body), nowMs);
    return null;
  } catch (error) {
    if (error instanceof NonRetryableMessageError) return error;
    throw error;
  }
}

describe('poison', () => {
  it('is refused by the service, each round once for each of its kinds, with the reason that it names', () => {
    expect(poisonKindsOf(identity)).toBe(4);
    for (const round of poisonRounds(identity)) {
      const refusals = round.map(refusalOf);
      expect(refusals.map((refusal) => refusal?.errorCode)).toEqual(round.map(({ reason }) => reason));
      expect(refusals.map((refusal) => refusal?.message)).toEqual([
        expect.stringContaining('expected JSON'),
        expect.stringContaining('schemaVersion'),
        expect.stringContaining('e-mail address'),
        expect.stringContaining('at most a day ahead'),
      ]);
    }
  });

  it('has ids of its drill that no good message has, and bodies that no other drill has', () => {
    const rounds = poisonRounds(identity).flat();
    expect(poisonReasons(identity).size).toBe(rounds.length);
    const ids = rounds
      .filter(({ reason }) => reason !== 'messageNotJson')
      .map(({ body }) => JSON.parse(body).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => isPoisonId(id, identity.firstId))).toBe(true);
    expect(isPoisonId(identity.firstId + goodIds - 1, identity.firstId)).toBe(false);
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (one, other) => {
        fc.pre(one !== other);
        const later = poisonReasons({ ...identity, drillId: `drill-${one}` });
        const again = poisonRounds({ ...identity, drillId: `drill-${other}` }).flat();
        expect(again.some(({ body }) => later.has(body))).toBe(false);
      }),
    );
  });
});
