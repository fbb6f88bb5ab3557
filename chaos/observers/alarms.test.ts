import { expect, it } from 'vitest';
import { onCallOf, type SeenAlarm } from './alarms.ts';

const alarm = (state: SeenAlarm['state'], change: Partial<SeenAlarm> = {}): SeenAlarm => ({
  state,
  tells: true,
  suppressedBy: undefined,
  ...change,
});
const ok = alarm('OK');

it.each([
  ['quiet', ok, ok],
  ['quiet', alarm('INSUFFICIENT_DATA'), undefined],
  ['paged', alarm('ALARM'), ok],
  ['paged', alarm('ALARM'), undefined],
  // The fleet's page tells in its stead, or first.
  ['paged', alarm('ALARM', { suppressedBy: 'Alarm' }), alarm('ALARM')],
  ['paged', ok, alarm('ALARM')],
  ['held back', alarm('ALARM', { suppressedBy: 'WaitPeriod' }), ok],
  ['held back', alarm('ALARM', { suppressedBy: 'ExtensionPeriod' }), ok],
  // In ALARM, and nobody subscribes to it.
  ['held back', alarm('ALARM', { tells: false }), ok],
  ['quiet', ok, alarm('ALARM', { tells: false })],
] as const)('on-call is %s', (expected, page, fleetPage) => {
  expect(onCallOf(page, fleetPage)).toBe(expected);
});
