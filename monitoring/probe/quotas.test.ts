import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../core/testing/virtualClock.ts';
import { paced } from '../../fleet/pacedClient.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { probeBudget, probeStatementsPerSecond } from '../../infra/budget.ts';
import { exampleFleet } from '../../infra/testing/templates.ts';
import { parseFleet, withSystems } from '../../fleet/fleet.ts';
import { limits } from '../limits.ts';
import { createProbe } from './probe.ts';
import { ThrottledDataApi } from './testing/throttledDataApi.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

/** What a tick told, and how long it took. */
interface Tick {
  answered: number;
  notAsked: number;
  failed: string[];
  tookMs: number;
}

const systemsOf = (stage: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${stage}-${String(index).padStart(3, '0')}`);

/** A probe as it is deployed. */
function probeOf(
  dataApi: ThrottledDataApi,
  systems: readonly string[],
  { statementsPerSecond = 16 }: { statementsPerSecond?: number } = {},
): () => Promise<Tick> {
  let tick: Tick;
  const probe = createProbe({
    discover: async () => {
      // As slow as it may be.
      await clock.sleep(limits.probe.discoverMs);
      return { systems: systems.map((system) => documentOf(system, 'https://api.example')), unreadable: [] };
    },
    provenPeaks: async () => ({ peaks: new Map(), unreadable: [] }),
    dataApi: paced(dataApi.client(), { share: limits.utilizationPercent / 100, clock }),
    rdsDataApi: new RDSDataClient({}),
    clock,
    statementsPerSecond,
    times: limits.probe,
    output: {
      publish: () => undefined,
      provenPeak: () => undefined,
      told: (count) => Object.assign(tick, count),
      failed: (system, error) => tick.failed.push(`${system}: ${String(error)}`),
      peakUnknown: () => undefined,
    },
  });
  return async () => {
    tick = { answered: 0, notAsked: 0, failed: [], tookMs: 0 };
    const startMs = clock.now();
    await probe(startMs);
    tick.tookMs = clock.now() - startMs;
    return tick;
  };
}

/** One look each minute. */
async function look(probes: (() => Promise<Tick>)[]): Promise<Tick[]> {
  const startMs = clock.now();
  const ticks = await clock.run(Promise.all(probes.map((probe) => probe())));
  await clock.run(clock.sleep(startMs + 60_000 - clock.now()));
  return ticks;
}

const aSecond = () => 1_000;

/** A thousand calls of a real client take seconds where other work goes on. */
const timeout = 120_000;

describe('the probe within the quotas of the Redshift Data API', { timeout }, () => {
  it('has answers from 200 of 200 databases, in its first look and in those after', async () => {
    const dataApi = new ThrottledDataApi({ clock, roundTripMs: 15, statementMs: aSecond });
    const probe = probeOf(dataApi, systemsOf('prod', 200));
    for (let minute = 0; minute < 2; minute += 1) {
      const [tick] = await look([probe]);
      expect(tick).toMatchObject({ answered: 200, notAsked: 0, failed: [] });
      expect(tick!.tookMs).toBeLessThan(20_000);
    }
    expect(Object.fromEntries(dataApi.refused)).toEqual({});
    // Twice 200 looks, and those who asked for the dialect before anybody knew it.
    expect(dataApi.served.get('ExecuteStatement')).toBeLessThan(440);
    expect(dataApi.served.get('DescribeStatement')).toBeLessThan(3 * 440);
  });

  it('has answers from 200 of 200 of two stages in one account, in the same minute', async () => {
    const fleet = withSystems(
      parseFleet({ ...exampleFleet, stages: { prod: {}, qa: {}, local: { account: '000000000000' } } }),
      200,
    );
    expect(probeBudget(fleet, 'prod')).toMatchObject({ needed: 400, allowed: 400 });
    const dataApi = new ThrottledDataApi({ clock, roundTripMs: 15, statementMs: aSecond });
    const probes = ['prod', 'qa'].map((stage) =>
      probeOf(dataApi, systemsOf(stage, 200), {
        statementsPerSecond: probeStatementsPerSecond(fleet, stage),
      }),
    );
    for (const tick of await look(probes)) {
      expect(tick).toMatchObject({ answered: 200, notAsked: 0, failed: [] });
      expect(tick.tookMs).toBeLessThan(limits.scheduledFunctionMs);
    }
    // Those who asked for the dialect too may have had to wait.
    const refused = [...dataApi.refused.values()].reduce((sum, count) => sum + count, 0);
    expect(refused).toBeLessThan(10);
  });

  it('says which databases it had no time for, and asks them first the next time', async () => {
    const dataApi = new ThrottledDataApi({ clock, roundTripMs: 15, statementMs: aSecond });
    const probe = probeOf(dataApi, systemsOf('prod', 30), { statementsPerSecond: 1 });
    const [first] = await look([probe]);
    expect(first!.answered + first!.notAsked).toBe(30);
    expect(first!.notAsked).toBeGreaterThan(3);
    expect(first!.failed).toHaveLength(first!.notAsked);
    expect(first!.failed.at(-1)).toMatch(/^prod-029: DatabaseNotAskedError: .*1 statements a second/);
    const [second] = await look([probe]);
    expect(second!.failed.join()).not.toContain('prod-029');
    expect(second!.failed.join()).toContain('prod-024');
  });

  it('keeps within its time, and tells of those that answer, when all others hang', async () => {
    const dataApi = new ThrottledDataApi({
      clock,
      roundTripMs: 15,
      statementMs: (cluster) => (cluster.includes('00') ? 1_000 : Number.POSITIVE_INFINITY),
    });
    const probe = probeOf(dataApi, systemsOf('prod', 200));
    const [tick] = await look([probe]);
    expect(tick).toMatchObject({ answered: 11, notAsked: 0 });
    expect(tick!.failed).toHaveLength(189);
    expect(tick!.tookMs).toBeLessThan(limits.scheduledFunctionMs - 1_000);
    expect(dataApi.refused.get('DescribeStatement')).toBeUndefined();
  });

  it('would not, were all asked at once', async () => {
    const dataApi = new ThrottledDataApi({ clock, roundTripMs: 15, statementMs: aSecond });
    const client = dataApi.client({ maxAttempts: 1 });
    const probe = createProbe({
      discover: async () => ({
        systems: systemsOf('prod', 200).map((system) => documentOf(system, 'https://api.example')),
        unreadable: [],
      }),
      provenPeaks: async () => ({ peaks: new Map(), unreadable: [] }),
      dataApi: client,
      rdsDataApi: new RDSDataClient({}),
      clock,
      statementsPerSecond: 1e6,
      times: limits.probe,
      output: {
        publish: () => undefined,
        provenPeak: () => undefined,
        told: ({ answered }) => expect(answered).toBeLessThan(40),
        failed: () => undefined,
        peakUnknown: () => undefined,
      },
    });
    expect.assertions(2);
    await clock.run(probe(clock.now()));
    expect(dataApi.refused.get('ExecuteStatement')).toBeGreaterThan(100);
  });
});
