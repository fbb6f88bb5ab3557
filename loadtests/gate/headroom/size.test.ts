import { describe, expect, it } from 'vitest';
import { neededSizes } from './size.ts';
import { counted, divisible, rampAndHold, runOf } from './testing/measured.ts';
import { services } from './testing/services.ts';
import { holdPasses, simulatedRun } from './testing/simulatedRun.ts';

const around = (values: readonly number[], by: number): number[] =>
  values.map((value, index) => value + (index % 2 === 0 ? by : -by));
const factorOf = (
  ...[run, resource]: [ReturnType<typeof runOf>, Parameters<typeof neededSizes>[1][number]]
) => neededSizes(run, [resource])[0]?.factor;

describe.each([
  ['a few at once, sent evenly', 3],
  ['a few at once, of independent callers', 6],
  ['many at once, of independent callers, of varied times', 12],
  ['a limit of four', 3],
  ['a machine that others keep busy', 3],
])('%s, with %i places', (name, places) => {
  it('has enough with what the advice says, where the worst value in proportion says too little', () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => 1_000 + 7_919 * seed);
    const passed = seeds.map((seed) => {
      const service = { ...services[name]!, places };
      const { run, resources } = simulatedRun(service, { load: 1, rampPeriods: 3, heldPeriods: 10 }, seed);
      const needed = Math.round(neededSizes(run, resources)[0]!.factor * places);
      return {
        advised: holdPasses({ ...service, places: needed }, 1, seed + 1),
        // All that a full resource shows is 100 %.
        inProportion: holdPasses({ ...service, places: Math.ceil(places / 0.8) }, 1, seed + 1),
      };
    });

    expect(passed.filter(({ advised }) => advised).length).toBeGreaterThanOrEqual(9);
    expect(passed.filter(({ inProportion }) => inProportion).length).toBeLessThanOrEqual(3);
  });
});

it('places that are too many are told, too', () => {
  const most = rampAndHold.map((load, index) => Math.round(4 * load) + (index % 2));
  const factor = factorOf(runOf(rampAndHold), counted('places', 40, most))!;

  expect(factor).toBeLessThanOrEqual(0.5);
  // Still more than what was ever in use, and its reserve.
  expect(factor * 40).toBeGreaterThanOrEqual(6);
});

it('a divisible resource grows by what the load needs of it', () => {
  const percent = around(
    rampAndHold.map((load) => 10 + 90 * load),
    0.4,
  ).map((value) => Math.min(100, value));
  const factor = factorOf(runOf(rampAndHold), divisible('cpu', percent))!;

  // 90 of the 70 points that are left beside the use at rest.
  expect(factor).toBeGreaterThan(90 / 70);
  expect(factor).toBeLessThan(1.6);
});

it('of a peak farther than the run tells no size is named', () => {
  expect(
    neededSizes(runOf(rampAndHold.map((load) => load / 5)), [
      divisible(
        'cpu',
        around(
          rampAndHold.map((load) => 10 * load),
          0.1,
        ),
      ),
    ]),
  ).toEqual([]);
});

it('where no size is known to be enough, none is named', () => {
  expect(
    neededSizes(runOf(Array<number>(10).fill(1)), [counted('places', 6, Array<number>(10).fill(6))]),
  ).toEqual([]);
});
