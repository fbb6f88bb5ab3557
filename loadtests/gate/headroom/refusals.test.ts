import { describe, expect, it } from 'vitest';
import { median } from '../../../core/statistics.ts';
import { seededRandom } from '../../../core/testing/seededRandom.ts';
import { erlangLoss, peakednessOf, typicalMost } from './refusals.ts';
import { simulate } from './testing/simulatedService.ts';

describe('Erlang’s loss formula', () => {
  it.each([
    [1, 1, 0.5],
    [2, 1, 0.2],
    [10, 5, 0.01838],
    [6, 5, 0.19185],
  ])('%i servers at a load of %d refuse %d', (servers, load, loss) => {
    expect(erlangLoss(servers, load)).toBeCloseTo(loss, 5);
  });

  it('falls with every part of a server', () => {
    const losses = Array.from({ length: 60 }, (_, index) => erlangLoss(index / 10, 3));
    expect(losses.toSorted((a, b) => b - a)).toEqual(losses);
  });
});

describe('peakedness', () => {
  it('is 1 of independent arrivals', () => {
    expect(peakednessOf(6, 5, erlangLoss(6, 5))).toBeCloseTo(1, 6);
    expect(peakednessOf(6, 5, 0.1)).toBe(1);
  });

  it('is what makes so many be refused', () => {
    const peakedness = peakednessOf(12, 2.6, 0.05);
    expect(peakedness).toBeGreaterThan(3);
    expect(erlangLoss(12 / peakedness, 2.6 / peakedness)).toBeCloseTo(0.05, 4);
  });
});

it.each([
  [0.3, 60],
  [2, 60],
  [20, 100],
])('the most at once of a load of %d is as a simulation has it', (load, requestsPerSecond) => {
  const service = {
    requestsPerSecond,
    arrivals: 'poisson',
    meanServiceSeconds: load / requestsPerSecond,
    places: 1_000,
  } as const;
  const [, ...settled] = simulate(service, () => 1, { periods: 60, periodSeconds: 10 }, seededRandom(3));
  expect(typicalMost(load, requestsPerSecond * 10)).toBeGreaterThanOrEqual(
    median(settled.map(({ most }) => most)) - 1,
  );
  expect(typicalMost(load, requestsPerSecond * 10)).toBeLessThanOrEqual(
    median(settled.map(({ most }) => most)) * 1.1 + 1,
  );
});
