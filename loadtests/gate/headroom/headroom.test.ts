import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { farthest } from './atLeast.ts';
import { headroomOf, type ResourceHeadroom } from './headroom.ts';
import type { LoadedRun } from './readings.ts';
import type { ResourceUse } from './systemLaws.ts';
import { counted, divisible, rampAndHold, runOf } from './testing/measured.ts';

const only = (run: LoadedRun, resource: ResourceUse): ResourceHeadroom =>
  headroomOf(run, [resource]).resources[0]!;

const hold = (value: number): number[] => Array<number>(10).fill(value);
/** Readings deviate up and down in turn. */
const around = (values: readonly number[], by: number): number[] =>
  values.map((value, index) => value + (index % 2 === 0 ? by : -by));

describe('a divisible resource', () => {
  it('is used at rest, and by each request: the line through both says where the limit is', () => {
    const use = around(
      rampAndHold.map((load) => 5 + 40 * load),
      0.4,
    );
    const { atLeast, basis, likely, beyondSeen } = only(runOf(rampAndHold), divisible('cpu', use));

    expect(likely!.value).toBeCloseTo(1.875, 1);
    expect(likely!.low).toBeGreaterThan(1.6);
    expect(likely!.high).toBeLessThan(2.2);
    expect(atLeast).toBeGreaterThan(1.6);
    expect(basis).toBe('law');
    expect(beyondSeen).toBe(false);
  });

  it('that does not grow with the load is bounded by its slope’s confidence, as far as a run tells', () => {
    const memory = only(
      runOf(rampAndHold),
      divisible(
        'memory',
        around(
          rampAndHold.map(() => 45),
          0.6,
        ),
      ),
    );

    expect(memory).toEqual({
      id: 'memory',
      atLeast: farthest,
      basis: 'farthest',
      likely: null,
      beyondSeen: true,
      growsWithTime: false,
    });
  });

  it('at one load only may be used by the load alone: the bound is in proportion', () => {
    const { atLeast, likely } = only(runOf(hold(1)), divisible('memory', around(hold(45), 0.5)));

    expect(atLeast).toBeGreaterThan(1.5);
    expect(atLeast).toBeLessThan(80 / 45);
    expect(likely).toBeNull();
  });

  it('that was never used carries as much as a run tells', () => {
    expect(
      only(
        runOf(rampAndHold),
        divisible(
          'cpu',
          rampAndHold.map(() => 0),
        ),
      ),
    ).toMatchObject({
      atLeast: farthest,
      likely: null,
      beyondSeen: true,
    });
  });

  it('that was used up in the hold: its full periods are no points of the line', () => {
    const loads = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, ...hold(1)];
    const use = around(
      loads.map((load) => 10 + 120 * load),
      0.5,
    ).map((percent) => Math.min(100, percent));
    const { atLeast, basis, likely } = only(runOf(loads), divisible('cpu', use));

    expect(likely!.value).toBeCloseTo(70 / 120, 1);
    expect(atLeast).toBeGreaterThan(0.45);
    expect(atLeast).toBeLessThan(70 / 120);
    expect(basis).toBe('overLimit');
  });

  it('that was used up all along: no load is known that it carries, and it binds', () => {
    const { bindsFirst, resources } = headroomOf(runOf(hold(1)), [
      divisible('memory', around(hold(45), 0.5)),
      divisible('cpu', hold(100)),
    ]);

    expect(resources[1]).toMatchObject({ basis: 'overLimit', likely: null, beyondSeen: false });
    expect(resources[1]!.atLeast).toBeLessThan(0.8);
    expect(bindsFirst).toBe('cpu');
  });

  it('a single period over the limit is no law, but the hold did not keep the reserve', () => {
    const use = around(
      rampAndHold.map((load) => 5 + 40 * load),
      0.4,
    );
    use[8] = 95;
    const { atLeast, basis, likely } = only(runOf(rampAndHold), divisible('cpu', use));

    expect(likely!.value).toBeCloseTo(1.875, 0);
    expect(atLeast).toBeCloseTo(80 / 95, 5);
    expect(basis).toBe('overLimit');
  });

  it('of twenty held periods one may be over the limit', () => {
    const loads = [0.2, 0.4, 0.6, 0.8, ...Array<number>(20).fill(1)];
    const use = around(
      loads.map((load) => 5 + 40 * load),
      0.4,
    );
    use[10] = 95;
    expect(only(runOf(loads, 20), divisible('cpu', use)).atLeast).toBeGreaterThan(1);
  });

  it('three readings say something, and no more than three can', () => {
    const { atLeast, likely } = only(runOf([0.3, 0.7, 1], 1), divisible('cpu', [17.5, 32.5, 45.5]));

    expect(atLeast).toBeGreaterThan(0.5);
    expect(atLeast).toBeLessThan(1.7);
    expect(likely?.low ?? 0).toBeLessThan(1.6);
  });

  it('missing periods are left out', () => {
    const use: (number | null)[] = around(
      rampAndHold.map((load) => 5 + 40 * load),
      0.4,
    );
    for (const index of [1, 5, 6, 9, 12]) use[index] = null;
    expect(only(runOf(rampAndHold), divisible('cpu', use)).likely!.value).toBeCloseTo(1.875, 1);
  });

  it('a reading that no share can have is none', () => {
    const use = [Number.NaN, -3, Infinity, ...Array<null>(11).fill(null)];
    expect(only(runOf(rampAndHold), divisible('cpu', use))).toMatchObject({
      atLeast: 0,
      basis: 'noData',
      likely: null,
    });
  });
});

describe('a resource in whole units', () => {
  const flow = (perSecond: number, meanSeconds: number, refusedPerSecond = 0) =>
    rampAndHold.map((load) => ({
      perSecond: load * perSecond,
      meanSeconds,
      refusedPerSecond: load === 1 ? refusedPerSecond : 0,
    }));

  it('grows as its mean does by Little’s law, and by an excess of the maxima', () => {
    // 20 at once on average; maxima of independent requests are some 3 √mean above.
    const most = rampAndHold.map((load, index) =>
      Math.round(20 * load + 14 * Math.sqrt(load) + (index % 3) - 1),
    );
    const { likely } = only(runOf(rampAndHold), counted('places', 100, most, { flow: flow(200, 0.1) }));

    // 20 x + 14 √x = 79.5
    expect(likely!.value).toBeGreaterThan(2.3);
    expect(likely!.value).toBeLessThan(3);
    expect(likely!.low).toBeGreaterThan(1.8);
  });

  it('jumps by quarters of a limit of four: three of four is no measured 75 %', () => {
    const most = [1, 1, 2, 2, 2, 3, 2, 2, 3, 2, 2, 3, 2, 2];
    const { atLeast, likely } = only(
      runOf(rampAndHold),
      counted('places', 4, most, { flow: flow(60, 0.002) }),
    );

    expect(atLeast).toBeGreaterThanOrEqual(1);
    expect(atLeast).toBeLessThan(3.5 / 3);
    expect(likely!.low).toBeLessThan(1.5);
    expect(likely!.high ?? Infinity).toBeGreaterThan(2);
  });

  it('at its end in every period binds before anything that is merely used', () => {
    const { bindsFirst, boundBy, atLeast } = headroomOf(runOf(rampAndHold), [
      divisible(
        'memory',
        around(
          rampAndHold.map((load) => 20 + 25 * load),
          0.5,
        ),
      ),
      counted(
        'places',
        6,
        rampAndHold.map(() => 6),
        { flow: flow(100, 0.05, 20) },
      ),
    ]);

    expect(bindsFirst).toBe('places');
    expect(boundBy).toBe('places');
    expect(atLeast).toBeLessThan(1);
  });

  it('that refused some says by how many where the limit would have been', () => {
    // 5 at once on average, of 6: Erlang's formula refuses 19 %.
    const most = rampAndHold.map((load) => Math.min(6, Math.round(5 * load + 5)));
    const { likely, atLeast } = only(
      runOf(rampAndHold),
      counted('places', 6, most, { flow: flow(81, 0.05, 19) }),
    );

    expect(likely!.value).toBeLessThan(0.6);
    expect(atLeast).toBeGreaterThan(0);
  });

  it('at its end without a word of refusals is censored, not a point', () => {
    const { atLeast, basis } = only(runOf(rampAndHold), counted('places', 6, [1, 2, 4, 5, ...hold(6)]));
    expect(basis).toBe('overLimit');
    expect(atLeast).toBeLessThan(0.8);
  });

  it('none in use is a reading, too', () => {
    expect(
      only(
        runOf(rampAndHold),
        counted(
          'places',
          10,
          rampAndHold.map(() => 0),
        ),
      ),
    ).toMatchObject({
      atLeast: farthest,
      beyondSeen: true,
    });
  });

  it('what requests wait for slows them, and the places fill the sooner', () => {
    const most = rampAndHold.map((load, index) => Math.round(8 * load + 4 * Math.sqrt(load)) + (index % 2));
    const places = counted('places', 40, most, { flow: flow(100, 0.08) });
    const run = runOf(rampAndHold);
    const cpu = divisible(
      'cpu',
      around(
        rampAndHold.map((load) => 38 * load + 2),
        0.4,
      ),
      true,
    );
    const [, besideBusyCores] = headroomOf(run, [cpu, places]).resources;

    expect(besideBusyCores!.likely!.value).toBeLessThan(0.95 * only(run, places).likely!.value);
  });
});

describe('a leak', () => {
  const leaking = [10, 10, 11, 11, ...Array.from({ length: 10 }, (_, index) => 12 + 2 * index)];

  it('is not the load’s doing: it is told as such, and nothing is forecast from it', () => {
    const { growsWithTime, likely, atLeast } = only(
      runOf(rampAndHold),
      counted('connections', 50, leaking, { kind: 'kept' }),
    );

    expect(growsWithTime).toBe(true);
    expect(likely).toBeNull();
    // The worst period in proportion: 30 of the 40 that may be used.
    expect(atLeast).toBeLessThanOrEqual(39.5 / 30);
  });

  it('of memory, too', () => {
    const percent = leaking.map((units) => 2 * units);
    const { growsWithTime, atLeast } = only(runOf(rampAndHold), divisible('memory', percent));

    expect(growsWithTime).toBe(true);
    expect(atLeast).toBeLessThanOrEqual(80 / 60);
  });
});

describe('what the hold carried', () => {
  it('is known, however little more is', () => {
    const { atLeast, basis } = only(
      runOf(rampAndHold),
      counted('places', 4, [1, 1, 2, 3, 2, 3, 3, 2, 3, 3, 2, 3, 3, 3]),
    );
    expect(atLeast).toBe(1);
    expect(basis).toBe('carried');
  });

  it('is not known of a hold of four periods', () => {
    const { basis } = only(
      runOf([0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1], 4),
      counted('places', 4, [1, 1, 2, 3, 2, 3, 3, 2]),
    );
    expect(basis).not.toBe('carried');
  });
});

describe('of a system', () => {
  it('the resource with the nearest known limit binds first', () => {
    const { bindsFirst, boundBy, seen } = headroomOf(runOf(rampAndHold), [
      divisible(
        'memory',
        around(
          rampAndHold.map(() => 45),
          0.5,
        ),
      ),
      divisible(
        'cpu',
        around(
          rampAndHold.map((load) => 5 + 40 * load),
          0.4,
        ),
      ),
      divisible(
        'disk',
        around(
          rampAndHold.map((load) => 5 + 20 * load),
          0.4,
        ),
      ),
    ]);
    expect(bindsFirst).toBe('cpu');
    expect(boundBy).toBe('cpu');
    expect(seen).toBe(1);
  });

  it('that may come before the nearest known limit keeps that from being called the first', () => {
    const cpu = divisible(
      'cpu',
      around(
        rampAndHold.map((load) => 5 + 25 * load),
        0.4,
      ),
    );
    // Where the load never changed under it, use at rest and demand cannot be told apart.
    const grown = (percent: number) =>
      divisible(
        'memory',
        rampAndHold.map((load) => (load === 1 ? percent : Number.NaN)),
      );
    const asked = (percent: number) => headroomOf(runOf(rampAndHold), [cpu, grown(percent)]);

    expect(asked(70)).toMatchObject({ boundBy: 'memory', bindsFirst: null });
    expect(asked(70).resources[0]!.likely).not.toBeNull();
    expect(asked(15)).toMatchObject({ boundBy: 'cpu', bindsFirst: 'cpu' });
  });

  it('what nothing is known of bounds nothing: it is named beside the number', () => {
    const { atLeast, boundBy, resources } = headroomOf(runOf(rampAndHold), [
      divisible('memory', []),
      divisible(
        'cpu',
        around(
          rampAndHold.map((load) => 5 + 40 * load),
          0.4,
        ),
      ),
    ]);
    expect(resources[0]).toMatchObject({ atLeast: 0, basis: 'noData' });
    expect(atLeast).toBeGreaterThan(1.6);
    expect(boundBy).toBe('cpu');
  });

  it('without any period nothing is carried', () => {
    expect(headroomOf(runOf([]), [divisible('cpu', [])])).toEqual({
      seen: 0,
      heldPeriods: 0,
      atLeast: 0,
      boundBy: null,
      bindsFirst: null,
      useOverLoad: null,
      resources: [
        { id: 'cpu', atLeast: 0, basis: 'noData', likely: null, beyondSeen: false, growsWithTime: false },
      ],
    });
  });
});

describe('what was used at which load', () => {
  it('goes through the limit where the law says so, of shares and of whole units', () => {
    const loads = rampAndHold;
    const cpu = divisible(
      'cpu',
      around(
        loads.map((load) => 5 + 40 * load),
        0.4,
      ),
    );
    const places = counted(
      'places',
      20,
      loads.map((load) => Math.round(8 * load)),
    );
    for (const resource of [cpu, places]) {
      const { resources, useOverLoad } = headroomOf(runOf(loads), [resource]);
      const { value } = resources[0]!.likely!;
      const fit = useOverLoad!.fit!;
      const above = fit.findIndex(({ percent }) => percent >= 80);
      expect([fit[above - 1]!.load, fit[above]!.load]).toEqual([
        expect.toSatisfy((load: number) => load <= value + 1e-9),
        expect.toSatisfy((load: number) => load >= value - 1e-9),
      ]);
      expect(fit[0]!.load).toBe(0);
      expect(useOverLoad!.points.map(({ load }) => load)).toEqual(loads);
    }
  });

  it('is known of a day as of an hour, and shows the least and the most of its periods', () => {
    // Twelve or thirteen places at the peak, more in one period.
    const day = Array<number>(1_440).fill(1);
    const places = day.map((_, index) => (index === 700 ? 15 : 12 + (index % 2)));
    const [long, short] = [1_440, 60].map((periods) =>
      headroomOf(runOf(day.slice(-periods)), [counted('places', 20, places.slice(-periods))]),
    );
    const { value } = long!.resources[0]!.likely!;
    expect(value).toBeCloseTo(short!.resources[0]!.likely!.value, 1);
    const { points } = long!.useOverLoad!;
    expect(points.length).toBeLessThanOrEqual(200);
    expect([12, 15].every((place) => points.some(({ percent }) => percent === place * 5))).toBe(true);
  });

  it('has no law where it grew while the load stood', () => {
    const { useOverLoad } = headroomOf(runOf(hold(1)), [
      divisible(
        'disk',
        hold(1).map((_, index) => 20 + 3 * index),
      ),
    ]);
    expect(useOverLoad).toMatchObject({ fit: null });
    expect(useOverLoad!.points).toHaveLength(10);
  });
});

it('whatever was measured, the bounds are numbers, in their order, and within what a run tells', () => {
  const percent = fc.oneof(
    fc.double({ min: 0, max: 120, noNaN: true }),
    fc.constantFrom(0, 100, Number.NaN, -1, Infinity, null),
  );
  const period = fc.record({
    load: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0, 1)),
    cpu: percent,
    most: fc.oneof(fc.nat(12), fc.constant(null)),
    flow: fc.record({
      perSecond: fc.double({ min: 0, max: 500, noNaN: true }),
      meanSeconds: fc.double({ min: 0, max: 5, noNaN: true }),
      refusedPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true })),
    }),
  });
  fc.assert(
    fc.property(fc.array(period, { maxLength: 16 }), fc.nat(16), (periods, held) => {
      const run = runOf(
        periods.map(({ load }) => load),
        held,
      );
      const use = periods.map(({ cpu }) => cpu);
      const most = periods.map(({ most: count }) => count);
      const flows = periods.map(({ flow }) => flow);
      const { seen, resources, atLeast } = headroomOf(run, [
        divisible('cpu', use, true),
        counted('places', 10, most, { flow: flows }),
        counted('connections', 10, most, { kind: 'kept' }),
      ]);
      const known = resources.filter(({ basis }) => basis !== 'noData');
      expect(atLeast).toBe(known.length === 0 ? 0 : Math.min(...known.map((one) => one.atLeast)));
      for (const { atLeast: least, likely } of resources) {
        expect(least).toBeGreaterThanOrEqual(0);
        expect(least).toBeLessThanOrEqual(farthest * seen);
        if (!likely) continue;
        expect(likely.low).toBeGreaterThanOrEqual(least);
        expect(likely.value).toBeGreaterThanOrEqual(likely.low);
        expect(likely.high ?? Infinity).toBeGreaterThanOrEqual(likely.value);
        expect(likely.value).toBeLessThanOrEqual(farthest * seen);
      }
    }),
  );
});
