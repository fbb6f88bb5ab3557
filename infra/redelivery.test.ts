import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFleet, stageOf } from '../fleet/fleet.ts';
import { redeliveryOf } from './redelivery.ts';
import { contract } from '../service/contract.ts';

const subscriber = (timeoutMs: number, batchWindowSeconds: number) =>
  stageOf(
    parseFleet({
      service: contract,
      region: 'us-east-1',
      systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 1, messagesPerSecond: 1 } }],
      stages: { local: { subscriber: { timeoutMs, batchWindowSeconds } } },
    }),
    'local',
  ).subscriber;

describe('redeliveryOf', () => {
  it('hides a message for six timeouts and the window', () => {
    expect(redeliveryOf(subscriber(4_000, 1))).toEqual({ visibilitySeconds: 25, maxReceiveCount: 108 });
  });

  it('outlives 45 minutes of failures within what SQS accepts, for every timeout Lambda accepts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 900 }), fc.integer({ min: 0, max: 300 }), (timeout, window) => {
        const { visibilitySeconds, maxReceiveCount } = redeliveryOf(subscriber(timeout * 1_000, window));
        expect(visibilitySeconds * maxReceiveCount).toBeGreaterThanOrEqual(45 * 60);
        expect(visibilitySeconds).toBeGreaterThanOrEqual(6 * timeout + window);
        expect(visibilitySeconds).toBeLessThanOrEqual(12 * 60 * 60);
        expect(maxReceiveCount).toBeGreaterThanOrEqual(5);
        expect(maxReceiveCount).toBeLessThanOrEqual(1_000);
        // Retention is 14 days: a message must not expire before it is dead-lettered.
        expect(visibilitySeconds * maxReceiveCount).toBeLessThan(14 * 24 * 60 * 60);
      }),
    );
  });
});
