import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';
import { QueueFaults, type QueueFaultRates } from './queueFaults.ts';

/** Time passes only while somebody waits for messages. */
class WaitingClock implements Clock {
  ms = 0;
  now = (): number => this.ms;
  sleep = (): Promise<void> => Promise.resolve();
}

/** Every message received until nothing comes any more. */
async function drain(rates: QueueFaultRates, sent: readonly string[], random: () => number) {
  const clock = new WaitingClock();
  const faults = new QueueFaults<{ MessageId: string }>(rates, { clock, random });
  const waiting = [...sent];
  const received: { id: string; atMs: number }[] = [];
  for (let empty = 0; empty < 2;) {
    const messages = await faults.receive(
      'q',
      { count: 10, waitSeconds: 20 },
      async (wanted, waitSeconds) => {
        const next = waiting.splice(0, wanted);
        if (next.length === 0) clock.ms += waitSeconds * 1_000;
        else clock.ms += 100;
        return next.map((MessageId) => ({ MessageId }));
      },
    );
    empty = messages.length === 0 ? empty + 1 : 0;
    expect(messages.length).toBeLessThanOrEqual(10);
    // Or its consumer would take the rest of a batch's window for a pause.
    expect(messages.length < 10 && waiting.length > 0).toBe(false);
    expect(new Set(messages).size).toBe(messages.length);
    received.push(...messages.map(({ MessageId }) => ({ id: MessageId, atMs: clock.ms })));
  }
  return received;
}

describe('QueueFaults', () => {
  it('loses nothing, and repeats nothing unless told to, whatever the rates', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ duplicate: share, disorder: share, delay: share }),
        fc.integer({ min: 0, max: 60 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        async (rates, count, randoms) => {
          const sent = Array.from({ length: count }, (_, index) => String(index));
          const received = await drain(rates, sent, () => randoms.next().value);
          const counts = Map.groupBy(received, ({ id }) => id);
          expect([...counts.keys()].sort()).toEqual(sent.toSorted());
          const most = rates.duplicate === 0 ? 1 : 2;
          for (const times of counts.values()) expect(times.length).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 200 },
    );
  });

  const sent = Array.from({ length: 100 }, (_, index) => String(index));

  it('changes nothing at rates of zero', async () => {
    const received = await drain({ duplicate: 0, disorder: 0, delay: 0 }, sent, () => 0);
    expect(received.map(({ id }) => id)).toEqual(sent);
  });

  it('delivers everything twice at a rate of one', async () => {
    expect(await drain({ duplicate: 1, disorder: 0, delay: 0 }, sent, () => 0.5)).toHaveLength(200);
  });

  it('delivers out of order', async () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const received = await drain({ duplicate: 0, disorder: 0.3, delay: 0 }, sent, random);
    expect(received.map(({ id }) => id)).not.toEqual(sent);
  });

  it('lets later messages overtake one', async () => {
    let held = 0;
    const random = (): number => ((held += 1) === 1 ? 0.1 : 0.9);
    const received = await drain({ duplicate: 0, disorder: 0.3, delay: 0 }, sent.slice(0, 20), random);
    expect(received.map(({ id }) => id)).toEqual([...sent.slice(1, 20), '0']);
  });

  it('shuffles what is received together', async () => {
    let last = 1;
    const falling = (): number => (last -= 0.001);
    const received = await drain({ duplicate: 0, disorder: 0.3, delay: 0 }, sent.slice(0, 10), falling);
    expect(received.map(({ id }) => id)).toEqual(sent.slice(0, 10).toReversed());
  });

  it('delivers late', async () => {
    const received = await drain({ duplicate: 0, disorder: 0, delay: 1 }, ['a'], () => 0.5);
    expect(received).toEqual([{ id: 'a', atMs: 3_100 }]);
  });
});

describe('a queue behind the endpoint', () => {
  let endpoint: TestEndpoint;
  let sqs: SQSClient;
  const start = async (rates: QueueFaultRates): Promise<string> => {
    endpoint = await startTestEndpoint(systemClock, {
      queueFaults: new QueueFaults(rates, { clock: systemClock, random: Math.random }),
    });
    sqs = new SQSClient(endpoint.clientConfig);
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'items' }));
    return QueueUrl;
  };
  afterEach(async () => {
    sqs.destroy();
    await endpoint.close();
  });

  it('delivers a deleted message once more', async () => {
    const QueueUrl = await start({ duplicate: 1, disorder: 0, delay: 0 });
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'once' }] }));
    const receive = async () => {
      const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 });
      const { Messages = [] } = await sqs.send(command);
      for (const { ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return Messages.map(({ MessageId, Body }) => ({ MessageId, Body }));
    };
    const first = await receive();
    expect(first).toEqual([{ MessageId: expect.any(String), Body: 'once' }]);
    expect(await receive()).toEqual(first);
  });

  it('still names a queue that is not there, at once', async () => {
    await start({ duplicate: 1, disorder: 1, delay: 1 });
    const QueueUrl = `${endpoint.url}/000000000000/none`;
    await expect(
      sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});
