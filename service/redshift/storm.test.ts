import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { startRestartableDatabase } from '../testing/restartedDatabase.ts';

const environments = 200;
/** The longest pause, the attempt itself, and a step. */
const backWithinMs = 10_000 + 1_000 + 250;

let database: Awaited<ReturnType<typeof startRestartableDatabase>>;
beforeAll(async () => {
  database = await startRestartableDatabase(environments);
});
afterAll(() => database.stop());

/** Connections opened in each second after the database is back. */
function bySecond(openedAtMs: readonly number[]): number[] {
  const counts: number[] = [];
  for (const atMs of openedAtMs) {
    const second = Math.floor(atMs / 1_000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

describe('200 environments whose database restarts', () => {
  it('come back one by one over the longest pause, and answer 503 at once until then', async () => {
    const { answers, recoveredMs, openedAtMs } = await database.restart({
      environments,
      awayMs: 30_000,
      random: seededRandom(1),
    });
    const opened = bySecond(openedAtMs);

    // One connection each. Pauses of five seconds on average bring back a fifth of them in the first second,
    // give or take chance.
    expect(openedAtMs).toHaveLength(environments);
    expect(Math.max(...opened)).toBeLessThanOrEqual(environments * 0.3);
    expect(opened.filter((count) => count > 0).length).toBeGreaterThanOrEqual(8);
    expect(recoveredMs).toBeLessThanOrEqual(backWithinMs);
    expect(answers.unavailable).toBeGreaterThan(environments * (30_000 / 250) * 0.9);
    expect(answers.slowestMs).toBeLessThan(2_500);
  });

  it('would storm it without the random pauses: this test would notice', async () => {
    const { openedAtMs } = await database.restart({ environments, awayMs: 1_000, random: () => 0 });

    expect(bySecond(openedAtMs)[0]).toBe(environments);
  });
});
