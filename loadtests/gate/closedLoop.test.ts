import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { verdictFileSchema, type VerdictFile, type VerdictRecord } from '../../records/verdict.ts';
import { formatJunit } from './formatJunit.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge } from './judge.ts';
import { peaksProvenBy } from './provenPeaks.ts';
import { goodRun, judgeInput } from './testing/judgeInput.ts';

type Scenarios = NonNullable<RunFile['script']>['scenarios'];

const looped = { name: 'browse', executor: 'ramping-vus', scheduled: false };
const scheduled = { name: 'buy', executor: 'constant-arrival-rate', scheduled: true };

/** A run of a user's script: of a closed loop nothing was intended. */
function runOf(scenarios: Scenarios, change: (run: RunFile) => void = () => undefined): RunFile {
  const run: RunFile = {
    ...goodRun(),
    profile: 'checkout.ts',
    script: { sha256: 'hash', scenarios, exceptions: 0, unattributed: { requests: 0, iterations: 0 } },
  };
  if (!scenarios.some((scenario) => scenario.scheduled)) {
    for (const { hold, series } of run.systems) {
      hold.intendedPerSecond = 0;
      for (const second of series) second.intended = 0;
    }
  }
  change(run);
  return run;
}

const withoutMessages = (run: RunFile): void => {
  for (const system of run.systems) delete system.messages;
};

const judged = (run: RunFile, input: Parameters<typeof judgeInput>[0] = {}): VerdictFile => {
  const verdict = judge(judgeInput({ run, ...input }));
  expect(verdictFileSchema.safeParse(verdict).error).toBeUndefined();
  return verdict;
};

const recordsOf = ({ records }: VerdictFile, signal: string): VerdictRecord[] =>
  records.filter((record) => record.signal === signal);

const noMessages = judgeInput().systems.map((system) => ({ ...system, expectedMessagesPerSecond: 0 }));

describe('a script of a user', () => {
  it('whose iterations were due passes as a profile does', () => {
    const verdict = judged(runOf([scheduled]));
    expect(verdict.verdict).toBe('pass');
    expect(verdict).not.toHaveProperty('noSchedule');
    expect(recordsOf(verdict, 'generatorSchedule')).toMatchObject([{ verdict: 'pass' }]);
  });

  it('that is a closed loop passes by its measured rates, and is asked for no schedule', () => {
    const verdict = judged(runOf([looped], withoutMessages), { systems: noMessages });
    expect(verdict.verdict).toBe('pass');
    expect(recordsOf(verdict, 'generatorSchedule')).toEqual([]);
    expect(recordsOf(verdict, 'generatorLateness')).toEqual([]);
    expect(verdict.noSchedule).toMatch(/^Not checked for the script: a closed loop/);
    const said = formatVerdict(verdict, { color: false, width: 200 });
    expect(said).toContain('Not checked for the script: a closed loop has no schedule to keep');
    const xml = formatJunit(verdict);
    expect(xml).toContain('<skipped message="Not checked for the script');
    expect(xml).toMatch(/<testsuite name="run-1"[^>]* skipped="1"/);
  });

  it('that is a closed loop and too slow proves nothing of the peak', () => {
    const slow = runOf([looped], (run) => {
      for (const { hold } of run.systems) hold.achievedPerSecond = 12;
    });
    const verdict = judged(slow);
    expect(verdict.verdict).toBe('inconclusive');
    expect(recordsOf(verdict, 'load').map(({ reason }) => reason)).toEqual([
      'The hold ran at 12 requests a second, below the expected peak of 30: nothing is known about the peak. ' +
        'A closed loop sends more if it has more users or shorter pauses.',
      expect.any(String),
    ]);
  });

  it('is asked for the schedule of what has one: other scenarios, and the messages beside it', () => {
    const both = judged(runOf([looped, scheduled]));
    expect(both.noSchedule).toContain('Not checked for browse:');
    expect(recordsOf(both, 'generatorSchedule')).toMatchObject([{ verdict: 'pass' }]);
    const dropping = runOf([looped], (run) => {
      for (const { messages } of run.systems) for (const second of messages?.series ?? []) second.dropped = 3;
    });
    expect(recordsOf(judged(dropping), 'generatorSchedule')).toMatchObject([{ verdict: 'inconclusive' }]);
  });

  it('that says request by request which system each is for has a schedule all the same', () => {
    const run = runOf([scheduled], (each) => {
      for (const { series } of each.systems) for (const second of series) second.intended = 0;
      withoutMessages(each);
      each.script!.unattributed.iterations = 4_000;
      each.generator.droppedIterations = 400;
    });
    const verdict = judged(run, { systems: noMessages });
    expect(recordsOf(verdict, 'generatorSchedule')).toMatchObject([{ verdict: 'inconclusive', worst: 10 }]);
  });

  it('is told what it sent for nobody, where its load is too small', () => {
    const run = runOf([scheduled], (each) => {
      each.script!.unattributed.requests = 77;
      each.systems[0]!.hold.achievedPerSecond = 0;
    });
    expect(recordsOf(judged(run), 'load')[0]?.reason).toMatch(
      /77 requests had no tag "system" that names a system/,
    );
  });

  it('that sent all of the peak at once has not held it, be it that of a profile', () => {
    const atOnce = (change: (run: RunFile) => void): RunFile =>
      runOf([looped], (each) => {
        for (const { series } of each.systems)
          for (const second of series) second.statuses = second.second < 50 ? { 200: 60 } : { 200: 1 };
        change(each);
      });
    const ofProfile = (profile: string) => (run: RunFile) => {
      delete run.script;
      run.profile = profile;
    };
    for (const change of [() => undefined, ofProfile('rush'), ofProfile('peak')]) {
      const verdict = judged(atOnce(change));
      expect(verdict.verdict).toBe('inconclusive');
      expect(recordsOf(verdict, 'load')[0]?.reason).toMatch(
        /^In \d of 6 periods of 10 s less than half of the expected peak was sent/,
      );
    }
  });

  it('that sent all messages of the peak at once has not held it either', () => {
    const atOnce = runOf([looped], (run) => {
      for (const { messages } of run.systems)
        for (const second of messages?.series ?? []) second.acknowledged = second.second < 50 ? 10 : 0;
    });
    const [asked] = recordsOf(judged(atOnce), 'messageLoad');
    expect(asked).toMatchObject({ verdict: 'inconclusive' });
    expect(asked?.reason).toMatch(
      /^In \d of 6 periods of 10 s less than half of the expected peak of messages was sent/,
    );
  });

  it.each([['checkout.ts'], ['rush'], ['peak']])(
    'of whose record a figure is of more than a period is judged by what it sent in each, where that was counted: %s',
    (profile) => {
      const inStretches = (seconds: 5 | 20): RunFile =>
        runOf([looped], (each) => {
          each.profile = profile;
          if (profile !== 'checkout.ts') delete each.script;
          each.schemaVersion = 2;
          each.seriesSeconds = seconds;
          for (const system of each.systems) {
            const stretches = Map.groupBy(system.series, ({ second }) => Math.floor(second / seconds));
            system.series = [...stretches.values()].map((all) => ({
              ...all[0]!,
              statuses: { 200: all.reduce((sum, { statuses }) => sum + (statuses['200'] ?? 0), 0) },
            }));
          }
          withoutMessages(each);
        });
      expect(recordsOf(judged(inStretches(5)), 'load')).toMatchObject([
        { verdict: 'pass' },
        { verdict: 'pass' },
      ]);
      const verdict = judged(inStretches(20), { systems: noMessages });
      expect(verdict.verdict).toBe('inconclusive');
      expect(recordsOf(verdict, 'load')[0]?.reason).toBe(
        'The record of so long a run has one figure for every 20 s, and a period is 10 s: how much was sent in each is not known.',
      );
      expect(verdict.headroom?.map(({ summary }) => summary)).toContainEqual(
        expect.stringContaining('do not rely on it: the record of so long a run'),
      );
      const counted = (counts: readonly number[]): VerdictRecord | undefined => {
        const run = inStretches(20);
        for (const { periods } of run.systems) {
          periods!.requests = periods!.latencies.map(({ start }, index) => ({
            start,
            count: counts[index % 2]!,
          }));
        }
        return recordsOf(judged(run, { systems: noMessages }), 'load')[0];
      };
      expect(counted([300, 300])).toMatchObject({ verdict: 'pass' });
      expect(counted([500, 100])?.reason).toMatch(/^In 3 of 6 periods of 10 s less than half/);
    },
  );

  it('whose iterations threw has not asked what it was written to ask', () => {
    const threw = (exceptions: number): RunFile =>
      runOf([scheduled], (each) => (each.script!.exceptions = exceptions));
    expect(judged(threw(1)).verdict).toBe('pass');
    const verdict = judged(threw(4_000));
    expect(verdict.verdict).toBe('inconclusive');
    expect(recordsOf(verdict, 'run')[0]?.reason).toMatch(/^4000 iterations of the script threw/);
  });

  it('of which nobody counted what threw, or knows its schedule, is not known to have asked it', () => {
    const uncounted = judged(runOf([scheduled], (each) => delete each.script!.exceptions));
    expect(uncounted.verdict).toBe('inconclusive');
    expect(recordsOf(uncounted, 'run')[0]?.reason).toMatch(
      /^How many iterations of the script threw was not recorded/,
    );
    const unknown = judged(runOf([scheduled, { name: 'tides', executor: 'moon-phases', scheduled: null }]));
    expect(unknown.verdict).toBe('inconclusive');
    expect(unknown).not.toHaveProperty('noSchedule');
    expect(recordsOf(unknown, 'run')[0]?.reason).toMatch(
      /^It is not known when iterations of tides were due/,
    );
  });

  it('proves no peak, wherever it ran, and a threshold of its own metric that was crossed fails it', () => {
    const run = runOf([scheduled], (each) => (each.place = 'aws'));
    const verdict = { ...judged(run), rehearsal: false, heldPeriods: 100 };
    expect(verdict.verdict).toBe('pass');
    expect(peaksProvenBy({ ...run, profile: 'peak', script: undefined }, verdict).size).toBe(2);
    expect(peaksProvenBy(run, verdict).size).toBe(0);
    const crossed = runOf([scheduled], (each) =>
      each.thresholds.push({ metric: 'basket_value', expression: 'avg>10', ok: false, value: 3 }),
    );
    expect(judged(crossed).verdict).toBe('fail');
  });
});
