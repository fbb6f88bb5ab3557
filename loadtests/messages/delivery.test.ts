import { expect, test } from 'vitest';
import { deliveryFileSchema } from '../../records/delivery.ts';
import { exampleRun } from '../../records/testing/examples.ts';
import { deliveryFile, deliveryOf, formatDelivery, type DeliverySeen } from './delivery.ts';
import { reconcile } from './reconcile.ts';

const copies = (...rows: [number, number][]): Map<number, number> => new Map(rows);

const seen = (change: Partial<DeliverySeen> = {}): DeliverySeen => ({
  system: 'system-01',
  reconciliation: reconcile(new Set([1, 2, 3]), copies([1, 1], [2, 1], [3, 1]), new Set()),
  problem: null,
  waiting: 0,
  endToEnd: { messages: 3, ms: { p50: 900, p95: 1_200, p99: 1_300, max: 1_300 }, reason: null },
  ...change,
});

test.each<[string, Partial<DeliverySeen>, string, RegExp]>([
  ['all stored', {}, 'delivered', /All 3 are stored, once\./],
  [
    'one given up',
    { reconciliation: reconcile(new Set([1, 2]), copies([1, 1]), new Set([2])) },
    'notDelivered',
    /1 of 2 were given up/,
  ],
  [
    'all given up, while others wait',
    { reconciliation: reconcile(new Set([1, 2]), copies(), new Set([1, 2])), waiting: 7 },
    'notDelivered',
    /2 of 2 were given up/,
  ],
  [
    'one given up, and another not known of while others wait',
    { reconciliation: reconcile(new Set([1, 2, 3]), copies([1, 1]), new Set([2])), waiting: 7 },
    'notDelivered',
    /1 of 3 were given up: see the dead letters\. 1 of 3 are not stored yet and 7 wait/,
  ],
  [
    'one nowhere',
    { reconciliation: reconcile(new Set([1, 2]), copies([1, 1]), new Set()) },
    'notDelivered',
    /1 of 2 acknowledged messages were found nowhere/,
  ],
  [
    'one nowhere yet, while others wait',
    { reconciliation: reconcile(new Set([1, 2]), copies([1, 1]), new Set()), waiting: 7 },
    'inconclusive',
    /7 wait: the subscriber is behind/,
  ],
  [
    'one stored twice, whatever waits',
    { reconciliation: reconcile(new Set([1, 2]), copies([1, 2]), new Set()), waiting: 7 },
    'notDelivered',
    /1 messages are stored twice/,
  ],
  [
    'none acknowledged',
    { reconciliation: reconcile(new Set(), copies(), new Set()) },
    'inconclusive',
    /SNS acknowledged no message/,
  ],
  [
    'nobody to ask',
    { reconciliation: null, problem: 'the cluster is paused' },
    'inconclusive',
    /is not known: the cluster is paused/,
  ],
])('with %s the answer is as it must be', (_, change, answer, reason) => {
  const delivery = deliveryOf(exampleRun, seen(change));
  expect(delivery).toMatchObject({ answer, reason: expect.stringMatching(reason), unresolved: 1 });
});

test('what is lost in one system weighs more than what is not known of another', () => {
  const lost = deliveryOf(exampleRun, seen({ reconciliation: reconcile(new Set([1]), copies(), new Set()) }));
  const unknown = deliveryOf(exampleRun, seen({ system: 'system-02', reconciliation: null, problem: 'x' }));
  const good = deliveryOf(exampleRun, seen());
  const of = (...systems: (typeof good)[]) =>
    deliveryFile(exampleRun, systems, { place: 'local', answeredAtMs: 0 });
  expect([of(good), of(good, unknown), of(unknown, lost), of()].map(({ answer }) => answer)).toEqual([
    'delivered',
    'inconclusive',
    'notDelivered',
    'inconclusive',
  ]);
  expect(deliveryFileSchema.parse(of(good, unknown, lost))).toEqual(of(good, unknown, lost));
  expect(formatDelivery(of(lost))).toBe(
    'system-01: NOT DELIVERED, 1 of 1 acknowledged messages were found nowhere. 1 are unresolved.\n' +
      '  lost, for example: 1\n' +
      '  from occurredAt to stored: p50 900 ms, p95 1200 ms, p99 1300 ms, max 1300 ms of 3 messages',
  );
});
