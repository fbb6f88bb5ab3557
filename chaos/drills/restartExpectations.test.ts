import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RandomSource } from '../../core/clock.ts';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { startRestartableDatabase } from '../../service/testing/restartedDatabase.ts';
import { judge } from '../expectation.ts';
import { noObservations } from '../observations.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import { mostWithinASecond, openingsAllowed, openingsPerSecond } from './restartExpectations.ts';

describe('connections opened within a second', () => {
  it('are the most of any second, wherever it begins', () => {
    expect(mostWithinASecond([])).toBeNull();
    expect(mostWithinASecond([1_900, 5_000, 2_100, 2_899, 2_900])).toBe(3);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1 }), (times) => {
        const within = times.map(
          (from) => times.filter((time) => time >= from && time < from + 1_000).length,
        );
        expect(mostWithinASecond(times)).toBe(Math.max(...within));
      }),
    );
  });

  it('may be what chance makes of them: all of a few, a third of many', () => {
    expect([1, 3, 10, 20, 200].map(openingsAllowed)).toEqual([1, 3, 7, 11, 62]);
  });
});

describe('a service whose database restarts', () => {
  const environments = 40;
  let database: Awaited<ReturnType<typeof startRestartableDatabase>>;
  beforeAll(async () => {
    database = await startRestartableDatabase(environments);
  });
  afterAll(() => database.stop());

  const judged = async (random: RandomSource) => {
    const { openedAtMs } = await database.restart({ environments, awayMs: 20_000, random });
    const observations = noObservations(testDocument('system-01'));
    // One of before, when the load began.
    observations.openings.push({ atMs: -1, value: -1 });
    observations.database.push({ atMs: 0, value: 'away' });
    observations.openings.push(...openedAtMs.map((atMs, pid) => ({ atMs, value: pid })));
    const milestones = { steadyMs: 0, injectMs: 0, inPlaceMs: 0, restoredMs: 0, settleMs: null, nowMs: 0 };
    return judge(openingsPerSecond(), observations, milestones, 0);
  };

  it('meets the bound with its pauses', async () => {
    expect(await judged(seededRandom(7))).toMatchObject({ outcome: 'met', limit: 18 });
  });

  it('does not without them: all of its connections come at once', async () => {
    expect(await judged(() => 0)).toMatchObject({ outcome: 'unmet', measured: environments, limit: 18 });
  });
});
