import { expect, it } from 'vitest';
import { monthlyAmounts } from './amounts.ts';

it('counts what watching fifty systems uses', () => {
  const { customMetrics, metricsRead, canaryRuns, probeRuns, comparisonRuns } = monthlyAmounts(50);
  // Each function: memory, repeated errors; the subscriber's two counts of messages; the
  // probe's six, the canary's one, the comparison's one.
  expect(customMetrics).toBe(50 * (2 * 2 + 2 + 6 + 1 + 1) + 4);
  expect([canaryRuns, probeRuns]).toEqual([43_800, 43_800]);
  expect(comparisonRuns).toBe(2_920);
  // Nine signals and four more of each system: 19 USD at 0.01 per 1,000.
  expect(metricsRead).toBe(2_920 * 50 * 13);
});
