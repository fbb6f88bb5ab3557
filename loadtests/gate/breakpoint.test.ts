import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { breakpointOf } from './breakpoint.ts';
import { breakpointFileSchema, type BreakpointFile } from '../../records/breakpoint.ts';
import { formatBreakpoint } from './formatBreakpoint.ts';
import { goodRun, holdStartMs, metricsOf, periodSeconds, systems } from './testing/judgeInput.ts';
import { recordedSystem, requests, type AskedSecond } from './testing/recordedSystem.ts';

const periods = 12;
const startsMs = Array.from({ length: periods }, (_, index) => holdStartMs + index * periodSeconds * 1_000);
/** Five requests a second more in each period. */
const loadAt = (index: number): number => 5 * (index + 1);
const iso = (ms: number): string => new Date(ms).toISOString();

type Asked = (system: string, second: number) => AskedSecond | null;

/** What the schedule of a climb intends, answered well. */
const asIntended = (second: number): AskedSecond => ({
  requests: requests(loadAt(Math.floor(second / periodSeconds))),
});

interface Climb {
  change?: Partial<RunFile>;
  /** After the beginning of a period. */
  lateMs?: number;
  seconds?: number;
  /** Null for what is intended. */
  asked?: Asked;
}

/** A climb over twelve periods that begins with one, unless it begins some milliseconds later. */
function climb({
  change = {},
  lateMs = 0,
  seconds = periods * periodSeconds,
  asked = () => null,
}: Climb = {}): RunFile {
  const run = goodRun();
  const startMs = holdStartMs + lateMs;
  const endMs = startMs + seconds * 1_000;
  const window = { start: iso(startMs), end: iso(endMs) };
  const options = { startMs, windows: { hold: { startMs, endMs } }, periodSeconds, seconds };
  return {
    ...run,
    profile: 'breakpoint',
    windows: { run: window, ramp: { start: window.start, end: window.start }, hold: window },
    systems: run.systems.map(({ system }) =>
      recordedSystem(system, options, (second) => asked(system, second) ?? asIntended(second)),
    ),
    ...change,
  };
}

type Percent = (system: string, signalId: string, index: number) => number | null;
const calm: Percent = (_, id) => (id === 'errorRate' ? 0 : 20);
/** CPU of orders in percent is twice its requests a second: 80 % at 40. */
const busy: Percent = (system, id, index) =>
  system === 'orders' && id === 'databaseCpu' ? 2 * loadAt(index) : calm(system, id, index);

const answerTo = (run: RunFile, percent: Percent, place = run.place): BreakpointFile =>
  breakpointFileSchema.parse(
    breakpointOf({
      run,
      systems,
      periodSeconds,
      metrics: metricsOf(startsMs, percent),
      place,
      answeredAtMs: holdStartMs + 200_000,
    }),
  );

describe('the breakpoint', () => {
  it('is the rate of the first period at a limit, with what was seen before it', () => {
    const { answer, reason, systems: found } = answerTo(climb(), busy);
    expect(answer).toBe('crossed');
    expect(reason).toBe(
      'orders: databaseCpu crossed its limit of 80 % at 40 requests a second (80 %); at 35 it was 70 %.',
    );
    const [orders, returns] = found;
    expect(orders?.crossings).toEqual([
      {
        signal: 'databaseCpu',
        at: iso(startsMs[7]!),
        perSecond: 40,
        intendedPerSecond: 40,
        value: 80,
        limit: 80,
        unit: 'percent',
        before: { perSecond: 35, value: 70 },
      },
    ]);
    expect(orders?.periods.map(({ perSecond, values }) => [perSecond, values['databaseCpu']])).toEqual(
      startsMs.map((_, index) => [loadAt(index), 2 * loadAt(index)]),
    );
    expect(returns).toMatchObject({ answer: 'notCrossed', crossings: [], seenPerSecond: 60 });
  });

  it('is a rehearsal where an emulator was asked for the metrics, wherever the run was', () => {
    const run = climb({ change: { place: 'aws' } });
    expect(answerTo(run, busy)).toMatchObject({ place: 'aws', rehearsal: false });
    expect(answerTo(run, busy, 'local')).toMatchObject({ place: 'local', rehearsal: true });
  });

  it('is of the system and signal that came first, of several in one period the farthest over', () => {
    const several: Percent = (system, id, index) => {
      if (system === 'returns' && id === 'databaseConnections') return index < 5 ? 20 : 81;
      if (system === 'returns' && id === 'functionConcurrency') return index < 5 ? 20 : 99;
      return busy(system, id, index);
    };
    const answer = answerTo(climb(), several);
    expect(answer.systems[1]?.crossings.map(({ signal }) => signal)).toEqual([
      'functionConcurrency',
      'databaseConnections',
    ]);
    expect(formatBreakpoint(answer).split('\n').at(-1)).toBe(
      'Breakpoint: returns: functionConcurrency crossed its limit of 80 % at 30 requests a second (99 %); at 25 it was 20 %.',
    );
  });

  it('is found in errors and latency too, of which the last part of a period is enough', () => {
    // The run ends four seconds into the thirteenth period: CloudWatch's value of that one is not of this load.
    const run = climb({
      seconds: 124,
      asked: (system, second) =>
        system === 'orders' && second >= 120
          ? { requests: [...requests(30, { status: 503 }), ...requests(30)] }
          : null,
    });
    const { systems: found } = answerTo(run, calm);
    expect(found[0]?.crossings).toMatchObject([{ signal: 'failedRequests', value: 50, perSecond: 60 }]);
    expect(found[0]?.periods.at(-1)).toMatchObject({ whole: false, values: { databaseCpu: null } });
  });

  it('finds latency by the percentile of each whole period, not by the middle of its seconds', () => {
    // Two of a hundred requests are slow, all in the first three seconds of each period from the tenth on.
    const asked: Asked = (system, second) =>
      system === 'orders' && second >= 90 && second % 10 < 3
        ? { requests: [...requests(48), ...requests(4, { latencyMs: 1_500 })] }
        : null;
    const { systems: found, reason } = answerTo(climb({ asked }), calm);
    expect(reason).toContain('latencyP99 crossed its limit of 1000 ms at 51 requests');
    expect(found[0]?.periods.map(({ values }) => (values['latencyP99'] ?? 0) >= 1_000)).toEqual(
      startsMs.map((_, index) => index >= 9),
    );
  });

  describe('in the part of a period in which a run ends', () => {
    const partMs = startsMs.at(-1)! + periodSeconds * 1_000;
    /** A third of the requests of orders fails at last, four seconds into the thirteenth period. */
    const aborted = climb({
      seconds: 124,
      asked: (system, second) =>
        system === 'orders' && second >= 120
          ? { requests: [...requests(30, { status: 500 }), ...requests(30)] }
          : null,
      change: {
        complete: false,
        reason: 'threshold',
        abortedBy: { metric: 'http_req_failed{system:orders}', expression: 'rate<=0.01' },
      },
    });
    const answerWith = (lastConcurrency: number) =>
      breakpointOf({
        run: aborted,
        systems,
        periodSeconds,
        metrics: metricsOf([...startsMs, partMs], (system, id, index) => {
          if (system !== 'orders' || id !== 'functionConcurrency') return calm(system, id, index);
          return index === periods ? lastConcurrency : 70;
        }),
        place: aborted.place,
        answeredAtMs: holdStartMs + 200_000,
      });

    it('a resource that is used up there is the limit, and what fails of it its consequence', () => {
      const [orders] = answerWith(100).systems;
      expect(orders?.reason).toBe(
        'functionConcurrency crossed its limit of 80 % at 60 requests a second (100 %); at 60 it was 70 %.',
      );
      expect(orders?.crossings.map(({ signal }) => signal)).toEqual([
        'functionConcurrency',
        'failedRequests',
      ]);
    });

    it('one below its limit there says nothing: the rest of the period had no load', () => {
      const [orders] = answerWith(75).systems;
      expect(orders?.crossings.map(({ signal }) => signal)).toEqual(['failedRequests']);
      expect(orders?.periods.at(-1)).toMatchObject({ whole: false, values: { functionConcurrency: null } });
    });
  });

  it("names the API's throttle as the limit where it refuses, and not the requests that failed of it", () => {
    const asked: Asked = (system, second) => {
      const load = loadAt(Math.floor(second / periodSeconds));
      const refused = Math.max(0, load - 50);
      return system === 'orders'
        ? { requests: [...requests(load - refused), ...requests(refused, { status: 429 })] }
        : null;
    };
    const { reason, systems: found } = answerTo(climb({ asked }), calm);
    expect(reason).toBe(
      "orders: the API's throttle rejected 9.1 % of 55 requests a second, at 50 0 %: that is the limit here, and " +
        'the system itself carries more.',
    );
    expect(found[0]?.crossings.map(({ signal }) => signal)).toEqual(['apiThrottle', 'failedRequests']);
  });

  it('asks nothing of the messages that a climb does not send', () => {
    const silent: Percent = (system, id, index) =>
      id.startsWith('subscriber') ? null : calm(system, id, index);
    expect(answerTo(climb(), silent).answer).toBe('notCrossed');
  });

  it('is not known where the climb was ended for a limit that no period shows', () => {
    const run = climb({ change: { endedEarly: 'databaseCpu of orders has reached its limit' } });
    expect(answerTo(run, calm)).toMatchObject({
      answer: 'inconclusive',
      reason:
        'databaseCpu of orders has reached its limit, but no period shows it now that everything is measured.',
    });
    expect(answerTo(run, busy).answer).toBe('crossed');
  });

  it('knows no latency from a file that tells the seconds alone', () => {
    const run = climb();
    const old = { ...run, systems: run.systems.map(({ periods: _periods, ...system }) => system) };
    expect(answerTo(old, calm).reason).toBe(
      'orders: There is no data for latencyP99 at the end of the climb.',
    );
  });

  it('is no single period over the limit that passes again', () => {
    const once: Percent = (system, id, index) =>
      id === 'databaseCpu' && index === 4 ? 95 : calm(system, id, index);
    expect(answerTo(climb(), once).answer).toBe('notCrossed');
    expect(answerTo(climb(), once).reason).toBe('No limit was crossed by any system.');
  });

  it('counts periods as CloudWatch does, wherever the climb began', () => {
    const { systems: found } = answerTo(climb({ lateMs: 3_300 }), busy);
    expect(found[0]?.periods.map(({ whole }) => whole)).toEqual([
      false,
      ...Array.from({ length: 11 }, () => true),
      false,
    ]);
    expect(found[0]?.answer).toBe('crossed');
  });
});

describe('the breakpoint is not known', () => {
  it.each<[string, Percent, string]>([
    [
      'where a signal is silent from before the first crossing on',
      (system, id, index) => (id === 'databaseMemory' && index > 3 ? null : busy(system, id, index)),
      'There is no data for databaseMemory at the first crossing.',
    ],
    [
      'where a signal is silent at the end of a climb without any',
      (system, id, index) => (id === 'databaseDisk' && index > 10 ? null : calm(system, id, index)),
      'There is no data for databaseDisk at the end of the climb.',
    ],
  ])('%s', (_, percent, reason) => {
    expect(answerTo(climb(), percent)).toMatchObject({ answer: 'inconclusive', reason: `orders: ${reason}` });
  });

  it('but a gap that a lower value follows hides nothing', () => {
    const gap: Percent = (system, id, index) => (index === 3 ? null : busy(system, id, index));
    expect(answerTo(climb(), gap).answer).toBe('crossed');
  });

  const generator = { cpuPercent: 30, lateIterations: 0, droppedIterations: 0 };
  it.each<[string, RunFile, string]>([
    [
      'from a generator that was saturated',
      climb({ change: { generator: { ...generator, cpuPercent: 90 } } }),
      'orders: The generator itself was saturated, so the latencies include its own delays: use a larger machine.',
    ],
    [
      'from a generator that was late',
      climb({ change: { generator: { ...generator, lateIterations: 4_000 } } }),
      'orders: 4000 of 7800 iterations started late: the generator stalled, or had no capacity left.',
    ],
    [
      'from a run that was stopped',
      climb({ change: { complete: false, reason: 'interrupted' } }),
      'orders: The run is not complete: interrupted.',
    ],
    [
      'from a load that was not offered',
      climb({
        asked: (system, second) => (system === 'returns' ? { ...asIntended(second), dropped: 2 } : null),
      }),
      'returns: 240 of 4140 iterations were dropped: the intended load was not offered.',
    ],
    [
      'when a threshold ended the run that no period explains',
      climb({
        change: {
          complete: false,
          reason: 'threshold',
          abortedBy: { metric: 'checks{system:returns}', expression: 'rate>=0.99' },
        },
      }),
      'returns: The threshold checks{system:returns}: rate>=0.99 ended the run, but no period shows a limit crossed.',
    ],
    ['without a whole period', climb({ lateMs: 3_300, seconds: 12 }), ''],
  ])('%s', (_, run, reason) => {
    const found = answerTo(run, calm);
    expect(found.answer).toBe('inconclusive');
    expect(found.reason).toContain(reason === '' ? 'The climb has no whole period of 10 s' : reason);
  });

  it('of drops after the crossing, which are its consequence', () => {
    const run = climb({
      asked: (system, second) =>
        system === 'orders' && holdStartMs + second * 1_000 >= startsMs[7]!
          ? { ...asIntended(second), dropped: 30 }
          : null,
    });
    expect(answerTo(run, busy).systems[0]?.answer).toBe('crossed');
  });
});

it('lies between the last load below the limit and the first at it, whatever the slope', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 30, noNaN: true }), (slope) => {
      const percent: Percent = (system, id, index) =>
        id === 'databaseCpu' ? slope * loadAt(index) : calm(system, id, index);
      const index = startsMs.findIndex((_, each) => slope * loadAt(each) >= 80);
      const before = index > 0 ? { perSecond: loadAt(index - 1), value: slope * loadAt(index - 1) } : null;
      const expected = {
        answer: index === -1 ? 'notCrossed' : 'crossed',
        crossings: index === -1 ? [] : [{ perSecond: loadAt(index), value: slope * loadAt(index), before }],
      };
      expect(answerTo(climb(), percent).systems).toMatchObject([expected, expected]);
    }),
    { numRuns: 60 },
  );
});

it('never answers for a signal that fell silent below its limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 7 }),
      fc.constantFrom('databaseMemory', 'errorRate'),
      (from, silent) => {
        const percent: Percent = (system, id, index) =>
          id === silent && index >= from ? null : busy(system, id, index);
        expect(answerTo(climb(), percent).answer).toBe('inconclusive');
      },
    ),
    { numRuns: 20 },
  );
});
