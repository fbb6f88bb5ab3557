import { expect, test } from 'vitest';
import { stageSchema } from '../fleet/stageSchema.ts';
import { throttlePerSecondOf } from './throttle.ts';

test.each([
  ['twice its peak', 30, undefined, 60],
  ['what two callers at once need, of a small one', 0.4, undefined, 10],
  ['what is configured', 30, 5, 5],
])('an API lets in %s', (_what, requestsPerSecond, throttlePerSecond, expected) => {
  const stage = stageSchema.parse(throttlePerSecond === undefined ? {} : { api: { throttlePerSecond } });
  const system = { name: 'orders', expectedPeak: { requestsPerSecond, messagesPerSecond: 1 } };
  expect(throttlePerSecondOf(stage, system)).toBe(expected);
});
