import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toMetricUnit, toReaderUnit } from './signals.ts';

const capacity = fc.double({ min: 1, max: 1e15, noNaN: true });
const percent = fc.double({ min: 0, max: 100, noNaN: true });

it('takes a share to the metric and back, whether it says what is used or what is left', () => {
  fc.assert(
    fc.property(capacity, percent, fc.boolean(), (of, used, isLeft) => {
      const scale = { capacity: of, ...(isLeft && { remaining: true as const }) };
      expect(toReaderUnit(scale, toMetricUnit(scale, used))).toBeCloseTo(used, 6);
    }),
  );
});

it('fills up as what is left falls', () => {
  const memory = { capacity: 8, remaining: true } as const;
  expect([8, 2, 0].map((free) => toReaderUnit(memory, free))).toEqual([0, 75, 100]);
  expect(toMetricUnit(memory, 80)).toBeCloseTo(1.6, 9);
});
