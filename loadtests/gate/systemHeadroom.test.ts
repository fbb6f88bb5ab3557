import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignal } from '../../monitoring/signals.ts';
import { verdictFileSchema, type SystemHeadroomRecord, type VerdictFile } from '../../records/verdict.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge, metricKey, type JudgeInput } from './judge.ts';
import { goodRun, holdStartMs, judgeInput, metricsOf, systems } from './testing/judgeInput.ts';

/** Six periods of ten seconds that climb from 5 to the peak of 30 requests a second, and a hold of ten there. */
const rampStartMs = holdStartMs - 60_000;
const startsMs = Array.from({ length: 16 }, (_, index) => rampStartMs + index * 10_000);
const loadAt = (index: number): number => Math.min(30, 5 * (index + 1));
const run = (() => {
  const good = goodRun(100);
  const start = new Date(rampStartMs).toISOString();
  good.windows.run.start = good.windows.ramp.start = start;
  for (const system of good.systems) {
    const [second] = system.series;
    system.series = Array.from({ length: 160 }, (_, index) => ({
      ...second!,
      second: index,
      statuses: { '200': loadAt(Math.floor(index / 10)) },
    }));
    system.messages!.series = system.series.map((asked) => ({
      second: asked.second,
      intended: loadAt(Math.floor(asked.second / 10)) / 6,
      acknowledged: loadAt(Math.floor(asked.second / 10)) / 6,
    }));
  }
  return good;
})();

type Percent = Parameters<typeof metricsOf>[1];
/** CPU of orders: 10 % and one more for each request a second. The rest stands. */
const percent: NonNullable<Percent> = (system, signalId, index) => {
  const wave = [0.3, -0.3, -0.2, 0.2][index % 4]!;
  if (signalId === 'errorRate' || !isSignal(signalId)) return 0;
  if (signalId === 'databaseCpu' && system === 'orders') return 10 + loadAt(index) + wave;
  if (signalId === 'databaseConnections' || signalId === 'functionConcurrency') return 20;
  return 20 + wave;
};

const judged = (changes: Partial<JudgeInput> = {}): VerdictFile =>
  verdictFileSchema.parse(judge(judgeInput({ run, metrics: metricsOf(startsMs, percent), ...changes })));
const ordersOf = ({ headroom }: VerdictFile): SystemHeadroomRecord => headroom[0]!;

const likelyOf = ({ resources, bindsFirst }: SystemHeadroomRecord) =>
  resources.find(({ signal }) => signal === bindsFirst)!.likely;

describe('how many times its peak a system carries', () => {
  it('is told of each, with what binds first', () => {
    const [orders, returns] = judged().headroom;
    expect(orders).toMatchObject({ system: 'orders', seen: 1, bindsFirst: 'databaseCpu' });
    // 10 + 30 x = 80
    expect(likelyOf(orders!)!.value).toBeCloseTo(7 / 3, 1);
    expect(orders!.atLeast).toBeGreaterThanOrEqual(1);
    expect(orders!.atLeast).toBeLessThan(7 / 3);
    expect(orders!.summary).toMatch(
      /^carries at least [\d.]+ × its peak.*; database CPU binds first, at about 2\.3 × \(\d\.\d to \d\.\d\)$/,
    );
    expect(returns!.bindsFirst).not.toBe('databaseCpu');
  });

  it('is a number where no load ever changed, and where the reserve was gone', () => {
    const held = startsMs.slice(6);
    const level = judged({ metrics: metricsOf(held, (system, id, index) => percent(system, id, index + 6)) });
    expect(ordersOf(level).atLeast).toBeGreaterThanOrEqual(1);

    const over = judged({
      metrics: metricsOf(startsMs, (...[system, id, index]) =>
        id === 'databaseCpu' ? Math.min(100, 4 * loadAt(index)) : percent(system, id, index),
      ),
    });
    expect(over.verdict).toBe('fail');
    expect(ordersOf(over).atLeast).toBeGreaterThan(0.4);
    expect(ordersOf(over).atLeast).toBeLessThan(80 / 120);
    expect(ordersOf(over).bindsFirst).toBe('databaseCpu');
  });

  it('takes from what Lambda refused how much more was asked for', () => {
    const metrics = metricsOf(startsMs, (system, id, index) =>
      id === 'functionConcurrency' ? Math.min(100, 5 * loadAt(index)) : percent(system, id, index),
    );
    const unknown = ordersOf(judged({ metrics }));
    const flow = { apiInvocations: 200, apiDuration: 500, apiThrottles: 100 };
    for (const [id, value] of Object.entries(flow)) {
      const byPeriod = startsMs.map((startMs, index): [number, number] => [
        startMs,
        id === 'apiThrottles' && index < 5 ? 0 : value,
      ]);
      metrics.set(metricKey('orders', id), new Map(byPeriod));
    }
    const known = ordersOf(judged({ metrics }));

    expect([unknown.bindsFirst, known.bindsFirst]).toEqual(['functionConcurrency', 'functionConcurrency']);
    // A full resource shows 100 % whatever is asked of it; how many were refused says how much was.
    expect(likelyOf(unknown)).toBeNull();
    expect(likelyOf(known)!.value).toBeLessThan(0.8);
    expect(known.atLeast).toBeGreaterThan(unknown.atLeast);
  });

  it('says what nothing is known about, and takes no implausible reading', () => {
    const blind = judged({
      metrics: metricsOf(startsMs, (...[system, id, index]) =>
        id === 'databaseCpu' ? Number.NaN : percent(system, id, index),
      ),
    });
    expect(ordersOf(blind).summary).toMatch(/; nothing is known about database CPU$/);
    expect(ordersOf(blind).atLeast).toBeGreaterThanOrEqual(1);
    expect(judged({ metrics: new Map() }).headroom.map(({ atLeast }) => atLeast)).toEqual([0, 0]);
  });

  it('says nothing of the database and the subscriber where messages were expected and none sent', () => {
    const silent = structuredClone(run);
    for (const system of silent.systems) delete system.messages;
    const orders = ordersOf(judged({ run: silent }));
    expect(orders.atLeast).toBeGreaterThanOrEqual(1);
    expect(orders.summary).toContain('nothing is known about database CPU, database memory, ');
    expect(orders.resources.flatMap(({ signal, basis }) => (basis === 'noData' ? [] : [signal]))).toEqual([
      'functionMemory',
      'functionConcurrency',
    ]);
  });

  it('says where no limit lies, and advises nothing, of a run whose generator stood still', () => {
    const late = structuredClone(run);
    late.generator.lateIterations = 2_000;
    const metrics = metricsOf(startsMs, (...[system, id, index]) =>
      id === 'functionMemory' ? 95 : percent(system, id, index),
    );
    expect(judged({ metrics }).advice).toMatchObject([{ setting: 'api.memoryMiB', from: 256 }]);
    const doubtful = judged({ metrics, run: late });
    expect(doubtful.advice).toEqual([]);
    expect(ordersOf(doubtful).resources.every(({ likely }) => likely === null)).toBe(true);
    expect(ordersOf(doubtful).summary).toMatch(
      /^no load was shown to keep the reserve; .*; do not rely on it: .* iterations started late: the generator stalled, or had no capacity left$/,
    );
  });

  it('comes with what of the first resource was used at which load, and the law that fits', () => {
    const { useOverLoad } = ordersOf(judged());
    const { signal, points, fit } = useOverLoad!;
    expect(signal).toBe('databaseCpu');
    expect(points).toHaveLength(16);
    expect(points.filter(({ held }) => held)).toHaveLength(10);
    expect(points[0]!.load).toBeCloseTo(1 / 6);
    expect(points[0]!.percent).toBeCloseTo(15.3);
    const { value } = likelyOf(ordersOf(judged()))!;
    expect(fit!.at(-1)!.load).toBeCloseTo(1.25 * value);
    for (const { load, percent: used } of fit!) expect(Math.abs(used - (10 + 30 * load))).toBeLessThan(2);

    const late = structuredClone(run);
    late.generator.lateIterations = 2_000;
    expect(ordersOf(judged({ run: late })).useOverLoad).toEqual({ signal, points, fit: null });
    expect(ordersOf(judged({ metrics: new Map() })).useOverLoad).toBeNull();
  });

  const textOf = (verdict: VerdictFile, detail: 'signals' | 'all' = 'signals'): string =>
    formatVerdict(verdict, { color: false, width: 120, detail });

  it('is drawn, the least first: what is certain, where the first limit is likely, and the peak', () => {
    const text = textOf(judged());
    const [, axis, orders, returns] = /┊ the peak\.\n(.*)\n(.*)\n(.*)\n/.exec(text)!;
    expect(axis).toMatch(/^ +0 +1 × +2 +3 +4 +5$/);
    expect(orders).toMatch(/^ {2}orders +[\d.]+ × {2}█+─*●─+ +2\.3 × \(\d\.\d to \d\.\d\) database CPU$/);
    expect(returns).toMatch(/^ {2}returns +[\d.]+ × {2}█+/);
    // 40 columns for five times the peak.
    expect(orders!.indexOf('●') - orders!.indexOf('█')).toBe(Math.round((40 * 7) / 15) - 1);
  });

  it('names ten of a large fleet and how much the others carry, or all of them with their sentences', () => {
    const verdict = judged();
    const headroom = Array.from({ length: 12 }, (_, index) => ({
      ...ordersOf(verdict),
      system: `s${index}`,
      atLeast: index === 11 ? 0.5 : 1 + index / 100,
    }));
    const many = { ...verdict, headroom, rehearsal: false };
    const text = textOf(many);
    expect(text).toMatch(/\n {2}s11 +0\.5 × .*\n {2}s0 +1 × /);
    expect(text).toContain('… and 2 more that carry at least 1 × to 1.1 ×');
    expect(text).not.toContain('s10 ');
    expect(textOf(many, 'all')).toMatch(/\n {2}s11: carries at least (?:.*\n)*? {2}s10: carries at least /);
  });

  it('says beside the picture what nothing is known of, and what grew while the load stood', () => {
    const text = textOf(
      judged({
        metrics: metricsOf(startsMs, (...[system, id, index]) =>
          id === 'databaseCpu'
            ? Number.NaN
            : id === 'databaseDisk'
              ? 20 + 3 * index
              : percent(system, id, index),
        ),
      }),
    );
    expect(text).toContain('  Grew under constant load: Database disk (2 of 2)\n');
    expect(text).toContain('  Nothing is known about: Database CPU (2 of 2)\n');
  });
});

it('whatever the metrics say it is a number from zero on, and changes no verdict', () => {
  const value = fc.option(fc.double({ min: -5, max: 130 }), { freq: 6 });
  const values = fc.array(value, { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(values, values, values, (cpu, connections, concurrency) => {
      const of: Record<string, typeof cpu> = {
        databaseCpu: cpu,
        databaseConnections: connections,
        functionConcurrency: concurrency,
      };
      const metrics = metricsOf(startsMs, (system, id, index) =>
        id in of ? of[id]![index]! : percent(system, id, index),
      );
      const { headroom } = judged({ metrics, systems: systems.slice(0, 1) });
      for (const { atLeast, seen, summary } of headroom) {
        expect(atLeast).toBeGreaterThanOrEqual(0);
        expect(atLeast).toBeLessThanOrEqual(4 * seen);
        expect(summary).not.toMatch(/NaN|Infinity|undefined|null/);
      }
    }),
    { numRuns: 8 },
  );
});
