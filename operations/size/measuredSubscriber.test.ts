import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSubscriptionAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreFromJournals } from '../../chaos/restore.ts';
import { ScriptedLambda, type ScriptedFunction } from '../../chaos/testing/scriptedLambda.ts';
import { ScriptedStage } from '../../chaos/testing/scriptedStage.ts';
import { SelfMovingClock } from '../../chaos/testing/selfMovingClock.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import type { PublishedRows } from '../../records/publishedRows.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { sizeKind } from '../../records/size.ts';
import { service } from '../../service/testing/service.ts';
import { removeLeftRows } from '../testRows/leftRows.ts';
import { StoringStage } from '../testRows/testing/storingStage.ts';
import type { SizeOptions } from './measuredFunction.ts';
import { scriptedMeasurement } from './testing/scriptedMeasurement.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'headroom-size-subscriber-'));
});
afterAll(() => rm(root, { recursive: true }));

interface Event {
  Records: { messageId: string; body: string }[];
}
const idsOf = (event: unknown): number[] =>
  (event as Event).Records.map(({ body }) => {
    const told = JSON.parse(body) as { id?: number; Message?: string };
    return told.id ?? (JSON.parse(told.Message ?? '') as { id: number }).id;
  });
const inBatch = (event: unknown): number => (event as Event).Records.length;

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:test-system-01-items';
const real = 77;
const stored = { batchItemFailures: [] };

interface Prepared {
  scripted?: Partial<ScriptedFunction>;
  /** What the subscriber stores of a batch; all of it when left out. */
  stores?: (ids: number[]) => number[];
  document?: Partial<SystemDocument>;
  isRaw?: boolean;
}

async function prepared({
  scripted = {},
  stores = (ids) => ids,
  document = {},
  isRaw = true,
}: Prepared = {}) {
  const clock = new SelfMovingClock();
  const tables = new StoringStage();
  tables.rows.add(real);
  const system: SystemDocument = {
    ...tables.document,
    expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 5 },
    ...document,
  };
  tables.document.queues.subscriber.url = `https://sqs.us-east-1.amazonaws.com/000000000000/test-system-01-items`;
  const functionName = 'test-system-01-subscriber';
  const handed: number[] = [];
  const directory = await mkdtemp(join(root, 'run-'));
  const published = join(directory, 'published.json');
  const scriptedAnswer = scripted.answer ?? (() => stored);
  const lambda = new ScriptedLambda(functionName, clock, {
    durationMs: () => 100,
    mapping: {
      EventSourceArn: queueArn,
      FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
    ...scripted,
    answer: (event, memoryMiB, nth) => {
      handed.push(...idsOf(event));
      const answer = scriptedAnswer(event, memoryMiB, nth);
      if (answer !== null && !('errorMessage' in answer))
        for (const id of stores(idsOf(event))) tables.rows.add(id);
      return answer;
    },
  });
  const sns = Object.assign(new SNSClient({ region: 'us-east-1' }), {
    send: (command: object) =>
      Promise.resolve(
        command instanceof GetSubscriptionAttributesCommand
          ? { Attributes: { RawMessageDelivery: String(isRaw) } }
          : { Subscriptions: [{ Endpoint: queueArn, SubscriptionArn: 'arn:subscription' }] },
      ),
  });
  const stage = new ScriptedStage(clock);
  const { sqs, dataApi } = tables.connection.clients;
  const clients = { ...stage.clients, lambda: lambda.client, lambdaOnce: lambda.client, sns, sqs, dataApi };
  const {
    stop,
    told,
    measure: measureWith,
  } = scriptedMeasurement(clock, clients, { stateDirectory: root, directory });
  const measure = (options: Partial<SizeOptions> = {}) =>
    measureWith({ system, function: 'subscriber', ...options });
  return { clock, lambda, tables, system, directory, published, handed, told, stop, clients, measure };
}

/** Whether a client that tests stored is none that a record tells of. */
function unannounced({
  tables,
  published,
}: Pick<Awaited<ReturnType<typeof prepared>>, 'tables' | 'published'>) {
  const { ids } = existsSync(published)
    ? (JSON.parse(readFileSync(published, 'utf8')) as PublishedRows)
    : { ids: { first: 0, last: -1 } };
  return [...tables.rows].filter((id) => id !== real && (id < ids.first || id > ids.last));
}

const two = { sizesMiB: [512] };

describe('the subscriber’s sizes', () => {
  it('are measured with the batches that its queue would hand over, each message once', async () => {
    const { measure, lambda, handed, tables, directory, published, told } = await prepared({
      scripted: { durationMs: (memoryMiB) => 20 + 10 / Math.min(1, memoryMiB / 1_769) },
    });
    const before = lambda.left;
    const batches: number[] = [];
    lambda.onCall = (when, command) => {
      const { input } = command as { input: { Payload?: string } };
      if (when === 'before' && command.constructor.name === 'InvokeCommand')
        batches.push(inBatch(JSON.parse(input.Payload ?? '')));
    };
    const record = await measure();
    expect(record).toMatchObject({
      function: 'subscriber',
      functionName: 'test-system-01-subscriber',
      batch: { messages: 5, largest: 100 },
      requestsPerSecond: 0.2,
      atOnce: 1,
    });
    expect(await requireRecord(sizeKind, join(directory, 'size.json'))).toEqual(record);
    // One batch a second, until each of five sizes has had 112; then a full one of each.
    expect(batches).toEqual([...Array<number>(560).fill(5), ...Array<number>(5).fill(100)]);
    expect(told).toContainEqual(
      expect.stringMatching(/^batches of 5 messages, 1 a second for 560 s: .*2 together/),
    );
    for (const { memoryMiB, calls, doubts, durationMs } of record.sizes) {
      expect({ memoryMiB, doubts }).toEqual({ memoryMiB, doubts: [] });
      expect(calls).toMatchObject({ intended: 112, answered: 112 });
      expect(durationMs?.p50).toBeCloseTo(20 + 10 / Math.min(1, memoryMiB / 1_769), 1);
    }
    expect(new Set(handed).size).toBe(handed.length);
    expect(handed.every((id) => id >= limits.messageIds.first)).toBe(true);
    expect([[...tables.rows], existsSync(published), lambda.left]).toEqual([[real], false, before]);
  });

  it('say what another size costs, by the batches of a month', async () => {
    const { measure } = await prepared({ scripted: { durationMs: () => 100, usedMiB: 200 } });
    const { answer, sizes } = await measure({ sizesMiB: [128, 512] });
    expect(answer).toMatchObject({ cheapestMiB: 128, adviceMiB: 256, usdAMonth: 0 });
    const usd = new Map(sizes.map(({ memoryMiB, usdAMillion }) => [memoryMiB, usdAMillion!]));
    const other = await (await prepared({ scripted: { durationMs: () => 100, usedMiB: 300 } })).measure(two);
    // One batch a second.
    const more = (usd.get(512)! - usd.get(256)!) * ((730 * 3_600) / 1_000_000);
    expect(other.answer?.adviceMiB).toBe(512);
    expect(other.answer?.usdAMonth).toBeCloseTo(more, 9);
  });

  it('keep 20 % of their memory with a full batch, too', async () => {
    const usedMiB = (event: unknown): number => (inBatch(event) === 100 ? 250 : 90);
    const { sizes, answer } = await (await prepared({ scripted: { usedMiB } })).measure(two);
    expect(sizes.map((size) => [size.usedMiB, size.keepsReserve])).toEqual([
      [250, false],
      [250, true],
    ]);
    expect(answer?.adviceMiB).toBe(512);
  });

  it.each<[string, Prepared, RegExp]>([
    [
      'hands messages back',
      {
        scripted: {
          answer: (event) => ({
            batchItemFailures: [{ itemIdentifier: (event as Event).Records[0]?.messageId }],
          }),
        },
      },
      /112 of 112 calls failed, the first: handed back 1 of 5 messages/,
    ],
    ['stores nothing', { stores: () => [] }, /660 of 660 messages that it answered for are not stored once/],
    [
      'has no memory for a full batch',
      {
        scripted: {
          answer: (event) => (inBatch(event) === 100 ? { errorMessage: 'signal: killed' } : stored),
        },
      },
      /a full batch failed: Unhandled: .*signal: killed/,
    ],
  ])('tell nothing where it %s, and leave no row', async (_, how, doubt) => {
    const { measure, tables, published } = await prepared(how);
    const { sizes, answer } = await measure(two);
    expect(sizes[0]?.doubts[0]).toMatch(doubt);
    expect(answer).toBeNull();
    expect([[...tables.rows], existsSync(published)]).toEqual([[real], false]);
  });

  it('tell nothing where the tables cannot be asked, and the rows stay announced', async () => {
    const { measure, tables, lambda, ...how } = await prepared();
    lambda.onCall = (when, command) => {
      if (when === 'after' && command.constructor.name === 'InvokeCommand') tables.databaseError = 'paused';
    };
    const { sizes, answer } = await measure(two);
    expect(sizes[0]?.doubts).toEqual(['whether its messages were stored could not be asked: paused']);
    expect(answer).toBeNull();
    expect(tables.rows.size).toBeGreaterThan(1);
    expect(unannounced({ tables, ...how })).toEqual([]);
  });

  it('are called as often at once as the queue may, and what finds no place is not sent', async () => {
    const { measure, lambda } = await prepared({ scripted: { durationMs: () => 9_000 } });
    const { sizes } = await measure({ callsPerSecond: 2 });
    expect(lambda.mostAtOnce).toBe(2);
    expect(sizes[0]?.doubts[0]).toMatch(/were not sent: it is too slow for this load/);
  });

  it('hand messages over in SNS’s envelope where the subscription does', async () => {
    const { measure, handed, lambda } = await prepared({ isRaw: false });
    let first: unknown;
    lambda.onCall = (when, command) => {
      const { input } = command as { input: { Payload?: string } };
      if (when === 'before' && command.constructor.name === 'InvokeCommand')
        first ??= JSON.parse((JSON.parse(input.Payload!) as Event).Records[0]!.body);
    };
    await measure(two);
    expect(first).toMatchObject({ Type: 'Notification', TopicArn: expect.stringMatching(/^arn:aws:sns:/) });
    expect(new Set(handed).size).toBe(handed.length);
  });

  it('are measured of an adopted system, too: as many as its queue calls at once', async () => {
    const { measure, tables } = await prepared({ document: { adopted: true } });
    const { sizes } = await measure(two);
    expect(sizes.map(({ memoryMiB, doubts }) => [memoryMiB, doubts])).toEqual([
      [256, []],
      [512, []],
    ]);
    expect([...tables.rows]).toEqual([real]);
  });

  it('wait for no rows of batches that Lambda turned away', async () => {
    const { measure, tables, published, handed } = await prepared({
      scripted: { answer: (_event, _memoryMiB, nth) => (nth % 10 === 3 ? null : stored) },
    });
    const asked: string[] = [];
    tables.onCall = (when, name) => Promise.resolve(when === 'before' ? void asked.push(name) : undefined);
    const { sizes } = await measure(two);
    expect(sizes[0]?.doubts[0]).toMatch(/were throttled/);
    expect(handed.length).toBeGreaterThan(0);
    expect([[...tables.rows], existsSync(published)]).toEqual([[real], false]);
    // Looked at once, and not until the queue has been empty for long enough.
    expect(asked.filter((name) => name === 'GetQueueAttributesCommand')).toEqual([
      'GetQueueAttributesCommand',
    ]);
  });

  it('keep the rows with --keep-data', async () => {
    const { measure, handed, tables, published } = await prepared();
    await measure({ ...two, batch: 2, keepData: true });
    expect([tables.rows.size, existsSync(published)]).toEqual([handed.length + 1, false]);
  });
});

describe('a measurement of the subscriber that does not come to its end', () => {
  it('has announced each row before it is stored, at every call that it makes', async () => {
    const { lambda, measure, tables, published } = await prepared();
    const found: unknown[] = [];
    const look = (when: string, name: string): void => {
      const ids = unannounced({ tables, published });
      if (ids.length > 0) found.push([when, name, ids]);
    };
    lambda.onCall = (when, command) => look(when, command.constructor.name);
    tables.onCall = (when, name) => Promise.resolve(look(when, name));
    await measure(two);
    expect(found).toEqual([]);
  });

  it('leaves nothing that "chaos restore" does not remove, after a kill among its calls', async () => {
    const { clock: its, lambda, measure, tables, system, directory, published, clients } = await prepared();
    const killed = Promise.withResolvers<void>();
    let calls = 0;
    lambda.onCall = (when, command) => {
      if (when !== 'after' || command.constructor.name !== 'InvokeCommand' || (calls += 1) < 3) return;
      its.stop();
      killed.resolve();
      return new Promise(() => undefined);
    };
    void measure(two);
    await killed.promise;
    expect(tables.rows.size).toBe(1 + 3 * 5);
    const clock = new SelfMovingClock();
    const host = 'there';
    const restored = lambda.copy(clock);
    await restoreFromJournals({
      directory,
      stage: 'test',
      clients: { ...clients, lambda: restored.client },
      clock,
      host,
    });
    const { connection } = tables;
    const rows = { directory, stage: 'test', systems: [system], connection, service, clock, host };
    const [left] = await removeLeftRows(rows);
    expect(left?.systems).toMatchObject([{ removed: 15, left: [] }]);
    expect([[...tables.rows], existsSync(published)]).toEqual([[real], false]);
    expect(restored.left).toMatchObject({ versions: ['1'], aliases: ['live'] });
  });

  it('waits for the calls under way when it is interrupted, and removes what they stored', async () => {
    const { lambda, measure, tables, stop, published } = await prepared();
    const before = lambda.left;
    let calls = 0;
    lambda.onCall = (when, command) => {
      if (when === 'before' && command.constructor.name === 'InvokeCommand' && (calls += 1) === 20)
        stop.abort(new Error('interrupted'));
    };
    await expect(measure(two)).rejects.toThrow('interrupted');
    expect(calls).toBe(20);
    expect([[...tables.rows], existsSync(published), lambda.left]).toEqual([[real], false, before]);
  });

  it('leaves no record of rows where somebody deploys before its first call', async () => {
    const { lambda, measure, tables, published } = await prepared();
    lambda.onCall = (when, command) => {
      if (when === 'after' && command.constructor.name === 'PublishVersionCommand')
        lambda.deploy({ memoryMiB: 2_048, description: 'subscriber of system-01' });
    };
    await expect(measure(two)).rejects.toThrow(/somebody else changed/);
    expect([[...tables.rows], existsSync(published)]).toEqual([[real], false]);
  });
});

describe('a subscriber that cannot be measured', () => {
  const adopted = { adopted: true as const };

  it.each<[string, Prepared, Partial<SizeOptions>, RegExp]>([
    [
      'is none',
      { document: { ...adopted, functions: { api: 'api' } as never } },
      {},
      /it has no adopt\.functions\.subscriber/,
    ],
    [
      'gets its messages without a queue, of which nothing is found again',
      { document: { ...adopted, queues: undefined as never, cluster: undefined as never } },
      {},
      /it has no adopt\.queues\.subscriber, adopt\.database, adopt\.database\.database, adopt\.database\.secrets\.admin/,
    ],
    [
      'expects nothing',
      { document: { expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 0 } } },
      {},
      /expectedPeak\.messagesPerSecond of system-01 is 0: expected more/,
    ],
    [
      'is called by no queue',
      { scripted: { mapping: { EventSourceArn: 'arn:of:another' } } },
      {},
      /nothing hands the messages of .*test-system-01-items to test-system-01-subscriber/,
    ],
    ['gets no such batch', {}, { batch: 101 }, /hands over 100 messages at most/],
    [
      'has too few connections, as nobody knows of an adopted one',
      { document: adopted },
      {},
      /runs 2 at once at most, and .* has room for 0 environments more: name at most 2 sizes/,
    ],
    [
      'is called too rarely',
      { document: { expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 0.05 } } },
      {},
      /36 calls of each of 5 sizes are too few, 112 would be enough: run it with --rate 1, or with fewer sizes/,
    ],
  ])('since it %s, is left alone', async (_, how, options, why) => {
    const { measure, lambda, tables, published } = await prepared(how);
    const before = lambda.left;
    await expect(measure(options)).rejects.toThrow(why);
    expect([lambda.served, lambda.left, lambda.invocations.size]).toEqual([[256], before, 0]);
    expect([[...tables.rows], existsSync(published)]).toEqual([[real], false]);
  });
});
