import { describe, expect, it, test } from 'vitest';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { limits } from '../../monitoring/limits.ts';
import { comparisonFileSchema } from '../../records/comparison.ts';
import { changeInWords } from '../../records/comparisonInWords.ts';
import type { RunFile } from '../../records/run.ts';
import { exampleVerdict } from '../../records/testing/examples.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { NotComparableError } from '../errors.ts';
import { goodRun } from '../gate/testing/judgeInput.ts';
import { compareRuns } from './compareRuns.ts';
import { formatComparison } from './formatComparison.ts';

const bound = limits.comparison.regressionPercent;
const options = { regressionPercent: bound, comparedAtMs: 0 };
type System = RunFile['systems'][number];

/** A run whose seconds vary as real ones do; `factor` on the latencies of a system. */
function runWith(
  seed: number,
  { names = ['orders', 'returns'], factor = (_system: string): number => 1, failed = 0 } = {},
): RunFile {
  const random = seededRandom(seed);
  const good = goodRun(120);
  const [example] = good.systems;
  const varied = (system: string): System['series'] =>
    example!.series.map((second) => {
      const spread = Math.exp(0.2 * (random() + random() + random() - 1.5));
      const ms = (value: number): number => value * spread * factor(system);
      const latencyMs = { p50: ms(12), p95: ms(30), p99: ms(60), max: ms(90) };
      return { ...second, latencyMs, ...(failed > 0 && random() < failed ? { failed: 1 } : {}) };
    });
  return {
    ...good,
    runId: `run-${seed}`,
    systems: names.map((system) => ({ ...example!, system, series: varied(system) })),
  };
}

/** What the gate kept of one resource of each system: around `percent`, give or take half a point. */
function verdictWith(
  seed: number,
  percent: (system: string) => number,
  names = ['orders', 'returns'],
): VerdictFile {
  const random = seededRandom(seed);
  return {
    ...exampleVerdict,
    headroom: [],
    uses: names.map((system) => ({
      system,
      signal: 'databaseCpu',
      blocks: Array.from({ length: 12 }, () => percent(system) + random() - 0.5),
    })),
  };
}

const unjudged = (run: RunFile) => ({ run, verdict: null });

describe('two runs of one load', () => {
  it('that are alike are told apart in at most one comparison of twenty, however many systems there are', () => {
    const names = Array.from({ length: 20 }, (_, index) => `s-${index}`);
    let different = 0;
    for (let pair = 0; pair < 60; pair += 1) {
      const [before, after] = [1, 2].map((which) => ({
        run: runWith(1_000 * which + pair, { names }),
        verdict: verdictWith(5_000 * which + pair, () => 40, names),
      }));
      const { compared, answer } = compareRuns(before!, after!, options);
      expect([compared.length, answer]).toEqual([6 * 21, 'noRegression']);
      if (compared.some((one) => one.answer !== 'same')) different += 1;
    }
    // A true 5 % is above 9 of 60 once in a thousand such tests.
    expect(different).toBeLessThanOrEqual(9);
  });

  it('of which one is a fifth slower in one system differ there, and fail', () => {
    const slow = runWith(2, { factor: (system) => (system === 'returns' ? 1.2 : 1) });
    const { answer, reason, compared } = compareRuns(unjudged(runWith(1)), unjudged(slow), options);
    const p95 = compared.filter(({ measure }) => measure === 'latencyP95');
    expect(p95.map((one) => [one.system, one.answer])).toEqual([
      [null, expect.stringMatching(/worse|regression/)],
      ['orders', 'same'],
      ['returns', 'regression'],
    ]);
    expect(p95[2]!.to / p95[2]!.from).toBeCloseTo(1.2, 1);
    expect(p95[2]!.low).toBeLessThan(p95[2]!.to);
    expect([answer, reason]).toEqual([
      'regression',
      expect.stringContaining(`Worse by ${bound} % or more: `),
    ]);
    // The other way round it is faster.
    const back = compareRuns(unjudged(slow), unjudged(runWith(1)), options);
    expect(back.answer).toBe('noRegression');
    expect(back.compared).toContainEqual(
      expect.objectContaining({ system: 'returns', measure: 'latencyP95', answer: 'better' }),
    );
  });

  it('pass where what is worse stays below the bound', () => {
    const slow = unjudged(runWith(2, { factor: () => 1.2 }));
    const { answer, compared } = compareRuns(unjudged(runWith(1)), slow, {
      ...options,
      regressionPercent: 40,
    });
    expect(answer).toBe('noRegression');
    expect(compared.find(({ measure }) => measure === 'latencyP95')?.answer).toBe('worse');
  });

  it('fail where more of the answers fail', () => {
    const { answer, compared } = compareRuns(
      unjudged(runWith(1)),
      unjudged(runWith(2, { failed: 0.5 })),
      options,
    );
    const failed = compared.find(({ measure }) => measure === 'failedRequests');
    expect([answer, failed?.answer, failed?.from]).toEqual(['regression', 'regression', 0]);
  });

  it('fail where a resource is used more, and not where next to nothing of it is', () => {
    const compare = (from: number, to: number) =>
      compareRuns(
        { run: runWith(1), verdict: verdictWith(3, () => from) },
        { run: runWith(2), verdict: verdictWith(4, () => to) },
        options,
      ).compared.find(({ measure }) => measure === 'databaseCpu')!.answer;
    expect([compare(40, 48), compare(40, 42), compare(5, 6.5), compare(40, 30), compare(40, 40)]).toEqual([
      'regression',
      'worse',
      'worse',
      'better',
      'same',
    ]);
  });
});

describe('headroom', () => {
  const [template] = exampleVerdict.headroom;
  function verdict(value: number, low: number, high: number | null): VerdictFile {
    const likely = { value, low, high };
    const resources = [{ ...template!.resources[0]!, signal: 'databaseCpu', likely }];
    return {
      ...exampleVerdict,
      headroom: [{ ...template!, system: 'orders', bindsFirst: 'databaseCpu', resources }],
    };
  }
  const answer = (before: VerdictFile, after: VerdictFile) =>
    compareRuns({ run: runWith(1), verdict: before }, { run: runWith(2), verdict: after }, options)
      .headroom[0]!.answer;

  it('is less where the intervals do not meet, and a regression beyond the bound', () => {
    expect(answer(verdict(3, 2.8, 3.2), verdict(2.5, 2.4, 2.6))).toBe('regression');
    expect(answer(verdict(3, 2.95, 3.05), verdict(2.8, 2.75, 2.85))).toBe('worse');
    expect(answer(verdict(3, 2.5, 3.5), verdict(2.5, 2.2, 2.8))).toBe('same');
    expect(answer(verdict(2.5, 2.4, 2.6), verdict(3, 2.8, null))).toBe('better');
    expect(answer(verdict(3, 2.8, null), verdict(2.5, 2.4, null))).toBe('same');
  });

  it('is not known where a run does not say where the limit is', () => {
    const silent = verdict(3, 2.8, 3.2);
    silent.headroom[0]!.resources[0]!.likely = null;
    expect(answer(silent, verdict(3, 2.8, 3.2))).toBe('unknown');
  });
});

type Change = (run: RunFile) => RunFile;
const ofFirst = (run: RunFile, change: (system: System) => System): RunFile => ({
  ...run,
  systems: run.systems.map((system, index) => (index === 0 ? change(system) : system)),
});

test.each<[string, Change, string]>([
  ['another profile', (run) => ({ ...run, profile: 'soak' }), 'a run of peak, the other of soak'],
  ['another place', (run) => ({ ...run, place: 'aws' }), 'one is of this machine, the other of AWS'],
  [
    'another rate',
    (run) => ofFirst(run, (system) => ({ ...system, hold: { ...system.hold, intendedPerSecond: 33 } })),
    'one sent orders 30 requests a second and the other 33',
  ],
  [
    'no messages',
    (run) => ofFirst(run, ({ messages: _messages, ...system }) => system),
    'one sent orders 5 messages a second and the other 0',
  ],
  [
    'other systems',
    (run) => ({ ...run, systems: [{ ...run.systems[0]!, system: 'others' }] }),
    'no system in common',
  ],
])('a run with %s is refused by what differs', (_, change, says) => {
  const compare = () => compareRuns(unjudged(runWith(1)), unjudged(change(runWith(2))), options);
  expect(compare).toThrow(NotComparableError);
  expect(compare).toThrow(says);
});

it('a climb and a spike are refused: they hold no rate', () => {
  for (const profile of ['breakpoint', 'spike', 'smoke']) {
    const run = unjudged({ ...runWith(1), profile });
    expect(() => compareRuns(run, run, options)).toThrow(`${profile} holds no rate`);
  }
});

test.each<[string, Change, string]>([
  [
    'is not whole',
    (run) => ({ ...run, complete: false, reason: 'stopped' }),
    'the run is not complete: stopped',
  ],
  [
    'was sent by a saturated generator',
    (run) => ({ ...run, generator: { ...run.generator, cpuPercent: 95 } }),
    'saturated',
  ],
])('nothing is concluded from a run that %s, whatever is worse', (_, change, says) => {
  const doubtful = change(runWith(2, { factor: () => 2 }));
  for (const [before, after] of [
    [runWith(1), doubtful],
    [doubtful, runWith(1)],
  ]) {
    const { answer, reason } = compareRuns(unjudged(before!), unjudged(after!), options);
    expect([answer, reason]).toEqual(['inconclusive', expect.stringContaining(says)]);
  }
});

it('holds too short to have a spread are inconclusive', () => {
  const { answer, compared } = compareRuns(unjudged(goodRun(15)), unjudged(goodRun(15)), options);
  expect([answer, compared]).toEqual(['inconclusive', []]);
});

it('says what else differs, and what could not be compared', () => {
  const before = { run: runWith(1, { names: ['orders', 'gone'] }), verdict: { ...verdictWith(1, () => 40) } };
  delete before.verdict.uses;
  const run = { ...runWith(2), configurationHash: 'other', stage: 'qa' };
  expect(compareRuns(before, unjudged(run), options).notes).toEqual([
    'The stage differs: local, then qa.',
    'The configuration differs.',
    'Only one of the runs has gone, returns.',
    'There is no verdict on the run, so resources and headroom are not compared: run "headroom gate" first.',
    'One verdict is from before uses were recorded, so resources are not compared: judge its run again.',
  ]);
});

it('tells no bound that says nothing', () => {
  const compared = {
    system: null,
    measure: 'latencyP50',
    unit: 'milliseconds',
    chance: 1,
    answer: 'same',
  } as const;
  expect(changeInWords({ ...compared, from: 19, to: 575, low: 0, high: 1e9 })).toBe(
    'over +999 % (−100 to over +999)',
  );
  expect(changeInWords({ ...compared, from: 19, to: 20, low: 18.5, high: 21.6 })).toBe('+5 % (−3 to +14)');
});

it('is a record, and a text that names the figures and the answer', () => {
  const slow = { run: runWith(2, { factor: () => 1.3 }), verdict: verdictWith(4, () => 40) };
  const comparison = compareRuns({ run: runWith(1), verdict: verdictWith(3, () => 40) }, slow, options);
  expect(comparisonFileSchema.parse(comparison)).toEqual(comparison);
  const text = formatComparison(comparison, { color: false, width: 100 });
  expect(text).toMatch(/^run-1 \(2026-01-05 11:59 UTC\), then run-2$/m);
  expect(text).toMatch(
    /^Latency p95, typical second +\d+\.\d ms +\d+\.\d ms +\+\d+ % \(\+\d+ to \+\d+\) +REGRESSION$/m,
  );
  expect(text).toMatch(/^Database CPU +\d+\.\d % .* same$/m);
  expect(text).toMatch(/^REGRESSION: orders, Latency p95/m);
  expect(text.split('\n').at(-1)).toBe('REGRESSION compared with run-1.');
});
