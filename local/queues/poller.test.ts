import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock, type Clock } from '../../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../aws/testing/testEndpoint.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import { QueuePoller, type EventSourceMapping, type PollerOptions } from './poller.ts';
import { QueuePollers } from './pollers.ts';

interface Batch {
  Records: { messageId: string; body: string; messageAttributes: Record<string, unknown> }[];
}

const ok: InvocationOutcome = { ok: true, requestId: 'r', payload: null };
const failed: InvocationOutcome = {
  ok: false,
  requestId: 'r',
  kind: 'handler',
  error: { errorType: 'Error', errorMessage: 'no' },
};

describe('QueuePoller', () => {
  let endpoint: TestEndpoint;
  let sqs: SQSClient;
  let poller: QueuePoller | undefined;
  const errors: unknown[] = [];
  let count = 0;

  beforeAll(async () => {
    endpoint = await startTestEndpoint();
    sqs = new SQSClient(endpoint.clientConfig);
  });
  afterEach(async () => {
    await poller?.stop();
    poller = undefined;
    errors.length = 0;
  });
  afterAll(async () => {
    sqs.destroy();
    await endpoint.close();
  });

  const queue = async (Attributes: Record<string, string> = {}): Promise<{ name: string; url: string }> => {
    const name = `queue-${(count += 1)}`;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    return { name, url: QueueUrl };
  };
  const left = async (name: string): Promise<number> => {
    const { visible, inFlight } = (await endpoint.state.messaging.queues()).get(name) ?? {
      visible: 0,
      inFlight: 0,
    };
    return visible + inFlight;
  };
  const send = async (url: string, bodies: string[]): Promise<void> => {
    for (let start = 0; start < bodies.length; start += 10) {
      await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: bodies
            .slice(start, start + 10)
            .map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      );
    }
  };
  const mapping = (queueUrl: string, overrides: Partial<EventSourceMapping> = {}): EventSourceMapping => ({
    queueUrl,
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:items',
    region: 'us-east-1',
    functionName: 'subscriber',
    batchSize: 10,
    batchWindowMs: 0,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    ...overrides,
  });
  const start = (
    queueUrl: string,
    overrides: Partial<EventSourceMapping>,
    invoke: (batch: Batch) => InvocationOutcome | Promise<InvocationOutcome>,
    options: Partial<PollerOptions> = {},
  ): void => {
    poller = new QueuePoller(mapping(queueUrl, overrides), {
      sqs,
      clock: systemClock,
      random: () => 0.5,
      invoke: async (_name, event) => invoke(event as Batch),
      onError: (error) => errors.push(error),
      ...options,
    });
    poller.start();
  };

  it('gives the function what is in the queue, and deletes what is done', async () => {
    const { name, url } = await queue();
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: '{"id":1}',
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'client' },
          bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 1]) },
        },
      }),
    );
    const batches: Batch[] = [];
    start(url, {}, (batch) => {
      batches.push(batch);
      return ok;
    });

    await vi.waitFor(async () => expect(await left(name)).toBe(0));
    expect(batches).toHaveLength(1);
    expect(batches[0]?.Records[0]).toMatchObject({
      body: '{"id":1}',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      messageAttributes: {
        kind: { stringValue: 'client', dataType: 'String' },
        bytes: { binaryValue: 'AP8B', dataType: 'Binary' },
      },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:items',
      awsRegion: 'us-east-1',
    });
  });

  it('gathers more than one receive holds, up to the batch size', async () => {
    const { name, url } = await queue();
    await send(
      url,
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
    const sizes: number[] = [];
    start(url, { batchSize: 25, batchWindowMs: 1_000 }, (batch) => {
      sizes.push(batch.Records.length);
      return ok;
    });
    await vi.waitFor(async () => expect(await left(name)).toBe(0), { timeout: 5_000 });
    expect(sizes).toEqual([25, 5]);
  });

  it('waits out the window for messages that come one by one', async () => {
    const { name, url } = await queue();
    const sizes: number[] = [];
    start(url, { batchSize: 100, batchWindowMs: 300 }, (batch) => {
      sizes.push(batch.Records.length);
      return ok;
    });
    for (let index = 0; index < 4; index += 1) await send(url, [String(index)]);
    await vi.waitFor(async () => expect(await left(name)).toBe(0), { timeout: 5_000 });
    expect(sizes).toEqual([4]);
  });

  it('ends a batch with its window, also where more is waiting', async () => {
    const { name, url } = await queue();
    await send(
      url,
      Array.from({ length: 60 }, (_, index) => String(index)),
    );
    let nowMs = 0;
    // Each look at the clock takes 400 ms: the window is over before the third further receive.
    const slow: Clock = { now: () => (nowMs += 400), sleep: (ms, signal) => systemClock.sleep(ms, signal) };
    const sizes: number[] = [];
    const note = (batch: Batch): InvocationOutcome => {
      sizes.push(batch.Records.length);
      return ok;
    };
    start(url, { batchSize: 60, batchWindowMs: 1_000 }, note, { clock: slow });
    await vi.waitFor(async () => expect(await left(name)).toBe(0), { timeout: 5_000 });
    expect(sizes).toEqual([30, 30]);
  });

  it('runs no more batches at once than it may', async () => {
    const { name, url } = await queue();
    await send(
      url,
      Array.from({ length: 8 }, (_, index) => String(index)),
    );
    let running = 0;
    let most = 0;
    // Each waits for its partner, and then for a moment, in which a third would come.
    let partner = Promise.withResolvers<void>();
    start(url, { batchSize: 1, maximumConcurrency: 2 }, async () => {
      most = Math.max(most, (running += 1));
      const { promise, resolve } = partner;
      if (running === 2) {
        setTimeout(resolve, 5);
        partner = Promise.withResolvers();
      }
      await promise;
      running -= 1;
      return ok;
    });
    await vi.waitFor(async () => expect(await left(name)).toBe(0), { timeout: 20_000 });
    expect(most).toBe(2);
  });

  it('leaves the messages a batch reports as failed to the visibility timeout, and no others', async () => {
    const { name, url } = await queue({ VisibilityTimeout: '1' });
    await send(url, ['good', 'bad', 'good']);
    const received: string[][] = [];
    start(url, {}, ({ Records }) => {
      received.push(Records.map(({ body }) => body));
      const bad = received.length === 1 ? Records.filter(({ body }) => body === 'bad') : [];
      return {
        ...ok,
        payload: { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) },
      };
    });
    await vi.waitFor(async () => expect(await left(name)).toBe(0), { timeout: 5_000 });
    expect(received.flat().filter((body) => body === 'good')).toHaveLength(2);
    expect(received.at(-1)).toEqual(['bad']);
  });

  it('pauses after failures, and a message that never succeeds reaches the dead-letter queue', async () => {
    const dead = await queue();
    const { name, url } = await queue({
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${dead.name}`,
        maxReceiveCount: 2,
      }),
    });
    await send(url, ['poison']);
    const at: number[] = [];
    start(url, { maximumConcurrency: 1 }, () => {
      at.push(performance.now());
      return failed;
    });
    await vi.waitFor(async () => expect(await left(dead.name)).toBe(1), { timeout: 5_000 });
    expect(await left(name)).toBe(0);
    expect(at).toHaveLength(2);
    // Half of the first pause of 250 ms.
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(120);
  });

  it('stops at once while it long polls', async () => {
    const { url } = await queue();
    start(url, {}, () => ok);
    const before = performance.now();
    await poller?.stop();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(errors).toEqual([]);
  });

  it('waits when it stops for the batches under way, of every queue', async () => {
    const queues = [await queue(), await queue()];
    const finish: (() => void)[] = [];
    const pollers = new QueuePollers({
      sqs,
      clock: systemClock,
      random: () => 0.5,
      invoke: (functionName) => new Promise((resolve) => (finish[Number(functionName)] = () => resolve(ok))),
      onError: (error) => errors.push(error),
    });
    for (const [index, { url }] of queues.entries()) {
      pollers.add(mapping(url, { functionName: String(index) }));
      await send(url, ['one']);
    }
    pollers.start();
    await vi.waitFor(() => expect(Object.keys(finish)).toHaveLength(2));
    let stopped = false;
    const stopping = pollers.stop().then(() => (stopped = true));
    for (const [index, { name }] of queues.entries()) {
      expect(stopped).toBe(false);
      finish[index]?.();
      await vi.waitFor(async () => expect(await left(name)).toBe(0));
    }
    await stopping;
  });

  it('tells of a queue that is not there, and keeps trying, after longer and longer pauses', async () => {
    const pausesMs: number[] = [];
    const impatient: Clock = {
      now: () => systemClock.now(),
      sleep: async (durationMs) => {
        pausesMs.push(durationMs);
      },
    };
    start(`${endpoint.url}/000000000000/absent`, {}, () => ok, { clock: impatient });
    await vi.waitFor(() => expect(pausesMs.length).toBeGreaterThan(6));
    expect(errors[0]).toHaveProperty('name', 'QueueDoesNotExist');
    expect(pausesMs.slice(0, 7)).toEqual([125, 250, 500, 1_000, 2_000, 2_500, 2_500]);
  });

  it('tells of messages that SQS does not delete', async () => {
    const { url } = await queue();
    await send(url, ['once']);
    const failing = new SQSClient(endpoint.clientConfig);
    failing.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (context.commandName !== 'DeleteMessageBatchCommand') return result;
        const Failed = [{ Id: '0', SenderFault: false, Code: 'InternalError', Message: 'try again' }];
        return { ...result, output: { ...result.output, Failed } };
      },
      { step: 'initialize' },
    );
    start(url, {}, () => ok, { sqs: failing });
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(String(errors[0])).toContain('SQS kept 1 messages that were processed: InternalError try again');
    await poller?.stop();
    failing.destroy();
  });
});
