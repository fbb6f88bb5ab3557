import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { poisonReasons } from '../poison.ts';
import { startPublisher, type Publisher } from '../publisher.ts';
import { startMessagingStage } from '../testing/messagingStage.ts';
import { scaledClock } from '../testing/scaledClock.ts';
import type { DrillClients } from './fault.ts';
import { poisonMessages } from './poisonMessages.ts';
import { service } from '../../service/testing/service.ts';

let stage: Awaited<ReturnType<typeof startMessagingStage>>;
let clients: DrillClients;
beforeAll(async () => {
  stage = await startMessagingStage();
  clients = { sqs: stage.sqs } as DrillClients;
});
afterAll(() => stage.close());
beforeEach(async () => {
  const { subscriber, deadLetter } = stage.system.queues;
  for (const { url } of [subscriber, deadLetter]) {
    await stage.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  }
});

const clock = systemClock;
const signal = new AbortController().signal;
const noted: unknown[] = [];
const note = async (what: unknown): Promise<void> => {
  noted.push(what);
};
const identity = { drillId: 'poison-messages-20260101T000000Z', firstId: 5_000_000_000, service };
const plan = () => poisonMessages.plan(stage.system, identity);
const restore = () =>
  poisonMessages.restore(plan().inverse, {
    clients,
    clock: scaledClock(5),
    injectedAtMs: clock.now(),
    reached: [],
  });
const own = [...poisonReasons(identity)];
const giveUpAll = () => Promise.all(own.map(([body, reason]) => stage.giveUp(body, reason)));

describe('poisonMessages', () => {
  it('publishes each kind beside good messages, which the journal can tell from them', async () => {
    const { sns, system } = stage;
    const publisher = startPublisher({ ...identity, systems: [system], sns, clock });
    await poisonMessages.inject(plan().arguments, { clients, clock, publisher, signal, note });
    await publisher.stop();
    const bodies = await stage.subscriber(identity);
    const good = bodies.filter((body) => !own.some(([poison]) => poison === body));
    expect(good).toHaveLength(publisher.acknowledged(system.system).size);
    expect(good.length).toBeGreaterThan(0);
    expect(bodies.length - good.length).toBe(own.length);
    expect(noted).toEqual(
      own.length === 8
        ? [0, 4].map((from) => ({ acknowledged: own.slice(from, from + 4).map(([body]) => body) }))
        : [],
    );
    expect(await restore()).toBeNull();
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('takes away its own dead letters alone, as often as asked', async () => {
    await giveUpAll();
    await stage.giveUp('{"id":17}', 'messageInvalid');
    await restore();
    expect(await stage.deadLetters()).toEqual(['{"id":17}']);
    await restore();
    expect(await stage.deadLetters()).toEqual(['{"id":17}']);
  });

  it('waits for what is still on its way', async () => {
    const { url } = stage.system.queues.subscriber;
    await stage.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: own[0]![0] }));
    let over = false;
    const restored = restore().then(() => (over = true));
    await expect.poll(() => over, { timeout: 1_500 }).toBe(false);
    await stage.subscriber(identity);
    await restored;
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('waits for what a reader that was killed hides', async () => {
    await stage.giveUp(...own[0]!);
    await stage.hideDeadLetters(3);
    await restore();
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('does not call gathered what may come yet', async () => {
    const { url } = stage.system.queues.subscriber;
    await stage.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: own[0]![0] }));
    const hurried = {
      clients,
      clock: scaledClock(100),
      injectedAtMs: clock.now(),
      reached: [{ acknowledged: own.map(([body]) => body) }],
    };
    await expect(poisonMessages.restore(plan().inverse, hurried)).rejects.toMatchObject({
      name: 'NotRestoredError',
      message: expect.stringContaining("8 of the drill's 8 messages are not in"),
    });
  });

  it('is settled of what SNS never acknowledged, once it would have come', async () => {
    const { url } = stage.system.queues.subscriber;
    await stage.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"id":17}' }));
    await stage.giveUp(...own[0]!);
    const acknowledged = [own[0]![0]];
    const settled = await poisonMessages.restore(plan().inverse, {
      clients,
      clock,
      injectedAtMs: clock.now() - 80_000,
      reached: [{ acknowledged }],
    });
    expect(settled).toBe(
      '7 of 8 messages, which SNS never acknowledged, were found nowhere: counted as not published',
    );
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('is settled of what the queue cannot keep any more', async () => {
    const { url } = stage.system.queues.subscriber;
    await stage.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"id":17}' }));
    const settled = await poisonMessages.restore(plan().inverse, {
      clients,
      clock: scaledClock(100),
      injectedAtMs: clock.now() - 15 * 24 * 3_600_000,
      reached: [{ acknowledged: own.map(([body]) => body) }],
    });
    expect(settled).toBe(
      '8 of 8 messages were found nowhere, and the queue keeps none for that long: they are gone',
    );
  });

  it('is not in place where the topic takes nothing', async () => {
    const publisher: Pick<Publisher, 'slipIn'> = {
      slipIn: () => Promise.reject(new Error('SNS took no messages')),
    };
    await expect(
      poisonMessages.inject(plan().arguments, { clients, clock, publisher, signal, note }),
    ).rejects.toMatchObject({ name: 'FaultNotAppliedError' });
  });
});
