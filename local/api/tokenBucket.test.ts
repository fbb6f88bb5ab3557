import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './tokenBucket.ts';

describe('TokenBucket', () => {
  it('lets a burst pass, then its rate', () => {
    const bucket = new TokenBucket(10, 3);
    expect([0, 0, 0, 0].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
    expect(bucket.take(99)).toBe(false);
    expect(bucket.take(100)).toBe(true);
  });

  it('saves up no more than its burst', () => {
    const bucket = new TokenBucket(10, 3);
    bucket.take(0);
    expect([60_000, 60_000, 60_000, 60_000].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
  });

  it('never lets more pass than the burst and the rate allow, however the requests fall', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
        (rate, burst, gaps) => {
          const bucket = new TokenBucket(rate, burst);
          let now = 0;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            if (bucket.take(now)) passed += 1;
          }
          expect(passed).toBeLessThanOrEqual(burst + (now / 1_000) * rate + 1e-6);
        },
      ),
    );
  });
});
