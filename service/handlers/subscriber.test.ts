import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { columnBytes } from '../domain/client.ts';
import { cachedCredentials } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import * as sql from '../redshift/sql.ts';
import { createTelemetry } from '../telemetry.ts';
import { captureOutput } from '../testing/emitted.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createDeadLetters } from './deadLetters.ts';
import { createSubscriberHandler } from './subscriberHandler.ts';
import { clientMessages } from './clientMessages.ts';

let server: PostgresServer;
let bench: SystemBench;
let queues: TestEndpoint;
let sqs: SQSClient;
let deadLetterQueueUrl: string;
let output: ReturnType<typeof captureOutput>;
const databases: Database[] = [];
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 15_000 };

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  queues = await startTestEndpoint();
  sqs = new SQSClient(queues.clientConfig);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
  deadLetterQueueUrl = QueueUrl;
});
afterAll(async () => {
  sqs.destroy();
  await queues.close();
  await bench.aws.stop();
  await server.stop();
});
beforeEach(async () => {
  await bench.query('admin', 'TRUNCATE clientes, clientes_version');
  await sqs.send(new PurgeQueueCommand({ QueueUrl: deadLetterQueueUrl }));
  output = captureOutput();
});
afterEach(() => {
  output.release();
  for (const database of databases.splice(0)) database.close();
});

/** Takes what the dead-letter queue holds. */
async function deadLetters(): Promise<Message[]> {
  const taken: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return taken;
    taken.push(...Messages);
  }
}

/** The connection of an environment that may write. */
function writerOf(port = server.port): Database {
  const database = createDatabase({
    address: { host: server.host, port, name: bench.database },
    credentials: cachedCredentials(bench.secretsManager, 'subscriber'),
    timeouts: { connectMs: 1_000, statementMs: 10_000 },
    clock: systemClock,
    random: Math.random,
  });
  databases.push(database);
  return database;
}

/** A subscriber's execution environment. */
function subscriber({
  queueUrl = deadLetterQueueUrl,
  port = server.port,
  remainingMs = context.getRemainingTimeInMillis(),
} = {}) {
  const database = writerOf(port);
  const telemetry = createTelemetry({
    stage: 'local',
    system: 'system-01',
    role: 'subscriber',
    memoryMiB: 256,
    periodSeconds: 60,
    usedBytes: () => 1_048_576,
    clock: systemClock,
    random: () => 0.5,
  });
  const handler = createSubscriberHandler({
    kind: clientMessages,
    database,
    deadLetters: createDeadLetters(sqs, queueUrl),
    telemetry,
    clock: systemClock,
    random: Math.random,
  });
  return (event: SQSEvent) => handler(event, { ...context, getRemainingTimeInMillis: () => remainingMs });
}

const at = (millisecond: number): string => new Date(Date.UTC(2026, 0, 1) + millisecond).toISOString();

const change = (id: number, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    schemaVersion: 1,
    id,
    nombre: 'Ana',
    apellido: 'Muñoz',
    rut: '12.345.678-5',
    correo: 'ana@example.com',
    occurredAt: at(0),
    ...fields,
  });

const batch = (...bodies: string[]): SQSEvent =>
  ({ Records: bodies.map((body, index) => ({ messageId: `message-${index}`, body })) }) as SQSEvent;

const stored = () => bench.query('admin', 'SELECT * FROM clientes ORDER BY id, nombre');
const done = { batchItemFailures: [] };

describe('a batch', () => {
  it('writes the clients it brings', async () => {
    const answer = await subscriber()(batch(change(1), change(2, { nombre: "O'Higgins" })));

    expect(answer).toEqual(done);
    const rest = { apellido: 'Muñoz', rut: '12345678-5', correo: 'ana@example.com' };
    expect(await stored()).toEqual([
      { id: '1', nombre: 'Ana', ...rest },
      { id: '2', nombre: "O'Higgins", ...rest },
    ]);
  });

  it('changes nothing when it is delivered again, to this environment or another', async () => {
    const event = batch(change(1), change(2));
    const one = subscriber();
    await one(event);
    const before = await stored();

    expect([await one(event), await subscriber()(event)]).toEqual([done, done]);

    expect(await stored()).toEqual(before);
    expect(output.metrics().map((line) => [line['MessagesApplied'], line['messagesSuperseded']])).toEqual([
      [2, 0],
      [0, 2],
      [0, 2],
    ]);
  });

  it('tells how long after they occurred its messages were stored, once', async () => {
    const handle = subscriber();
    const beganMs = Date.now();
    const ago = (ms: number): string => new Date(beganMs - ms).toISOString();
    const event = batch(change(1, { occurredAt: ago(5_000) }), change(2, { occurredAt: ago(0) }));
    await handle(event);
    await handle(event);
    const [first, second] = output.metrics();
    const tookMs = Date.now() - beganMs;
    const [older, newer] = first!['storedAfterMs'] as number[];
    expect(older! - newer!).toBe(5_000);
    expect(newer).toBeGreaterThanOrEqual(0);
    expect(newer).toBeLessThanOrEqual(tookMs);
    expect(second).not.toHaveProperty('storedAfterMs');
  });

  it('keeps the newest event of a client, in whatever order they come', async () => {
    const handle = subscriber();
    await handle(
      batch(
        change(1, { nombre: 'Third', occurredAt: at(3) }),
        change(1, { nombre: 'First', occurredAt: at(1) }),
      ),
    );
    await handle(batch(change(1, { nombre: 'Second', occurredAt: at(2) }), change(2)));

    expect(await stored()).toMatchObject([
      { id: '1', nombre: 'Third' },
      { id: '2', nombre: 'Ana' },
    ]);
  });

  it('ends the same when batches with the same clients are applied by many at once', async () => {
    const changes = Array.from({ length: 40 }, (_, index) =>
      change(1 + (index % 5), { nombre: `Event ${index}`, occurredAt: at(Math.floor(index / 10)) }),
    );
    const handlers = Array.from({ length: 4 }, () => subscriber());
    const run = async (events: SQSEvent[]): Promise<unknown> => {
      await bench.query('admin', 'TRUNCATE clientes, clientes_version');
      const answers = await Promise.all(
        handlers.map(async (handle, index) => {
          const results = [];
          for (const event of events.filter((_event, number) => number % 4 === index)) {
            results.push(await handle(event));
          }
          return results;
        }),
      );
      expect(answers.flat().every(({ batchItemFailures }) => batchItemFailures.length === 0)).toBe(true);
      return stored();
    };
    const expected = await run([batch(...changes)]);
    expect(expected).toHaveLength(5);

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.shuffledSubarray(changes, { minLength: 5 }), { minLength: 8, maxLength: 8 }),
        async (batches) => {
          const events = [...batches, changes.toReversed()].map((bodies) => batch(...bodies));
          expect(await run(events)).toEqual(expected);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('holds no reader up while another batch has the lock', async () => {
    await subscriber()(batch(change(1)));
    const writer = writerOf();
    await writer.use(async (client) => {
      await client.query(sql.begin);
      await client.query(sql.lockWriters);
      const waiting = subscriber()(batch(change(1, { nombre: 'Eva', occurredAt: at(1) })));
      await vi.waitFor(async () => {
        const locks = await bench.query('admin', 'SELECT 1 FROM pg_locks WHERE NOT granted');
        expect(locks).toHaveLength(1);
      });

      expect(await bench.query('api', 'SELECT nombre FROM clientes')).toEqual([{ nombre: 'Ana' }]);

      await client.query(sql.commit);
      expect(await waiting).toEqual(done);
    }, 10_000);
    expect(await stored()).toMatchObject([{ nombre: 'Eva' }]);
  });

  it('is handed back in time when another keeps the lock', async () => {
    const writer = writerOf();
    await writer.use(async (client) => {
      await client.query(sql.begin);
      await client.query(sql.lockWriters);
      const startMs = performance.now();

      const answer = await subscriber({ remainingMs: 1_500 })(batch(change(1)));

      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
      expect(performance.now() - startMs).toBeLessThan(1_500);
      await client.query(sql.rollback);
    }, 10_000);
    expect(output.logs()).toEqual([expect.objectContaining({ errorCode: 'databaseSlow' })]);
    expect(await stored()).toEqual([]);
  });

  it('is begun again after a conflict', async () => {
    // A writer that takes no lock: what Redshift reports as a conflict, PostgreSQL does too.
    const handle = subscriber();
    await handle(batch(change(1)));
    await bench.query(
      'admin',
      `CREATE SEQUENCE tries;
       CREATE FUNCTION conflict_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN
         IF nextval('tries') < 3 THEN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END IF;
         RETURN NULL;
       END $$;
       CREATE TRIGGER conflict AFTER DELETE ON clientes FOR EACH STATEMENT EXECUTE FUNCTION conflict_twice()`,
    );
    try {
      expect(await handle(batch(change(1, { nombre: 'Eva', occurredAt: at(1) })))).toEqual(done);
      expect(await stored()).toMatchObject([{ id: '1', nombre: 'Eva' }]);
      expect(await bench.query('admin', 'SELECT last_value FROM tries')).toEqual([{ last_value: '3' }]);
    } finally {
      await bench.query('admin', 'DROP FUNCTION conflict_twice CASCADE; DROP SEQUENCE tries');
    }
  });

  it('has room for more rows than one statement can bind', async () => {
    const changes = Array.from({ length: sql.mostRows(sql.clients) + 1 }, (_, index) => change(index + 1));

    expect(await subscriber()(batch(...changes))).toEqual(done);

    expect(await stored()).toHaveLength(sql.mostRows(sql.clients) + 1);
  });
});

describe('the columns', () => {
  it('are as wide as the contract says', async () => {
    const columns = await bench.query(
      'admin',
      `SELECT column_name, character_maximum_length FROM information_schema.columns
       WHERE table_name = 'clientes' AND character_maximum_length IS NOT NULL`,
    );
    const widths = columns.map((column) => [column['column_name'], column['character_maximum_length']]);
    expect(Object.fromEntries(widths)).toEqual(columnBytes);
    const text = (bytes: number): string => 'x'.repeat(bytes);
    const local = 64;
    const widest = change(9, {
      nombre: text(columnBytes.nombre),
      apellido: 'ñ'.repeat(columnBytes.apellido / 2),
      correo: `${text(local)}@${Array.from({ length: 4 }, () => text(60)).join('.')}.example`,
    });

    expect(await subscriber()(batch(widest))).toEqual(done);
    expect(await stored()).toHaveLength(1);
  });
});

describe('a message that can never succeed', () => {
  it('goes to the dead-letter queue with its reason, and the rest of its batch is written', async () => {
    const bad = change(2, { rut: '12.345.678-9', nombre: 'Beatriz' });

    const answer = await subscriber()(batch(change(1), bad, 'no JSON', change(3, { schemaVersion: 2 })));

    expect(answer).toEqual(done);
    expect(await stored()).toHaveLength(1);
    const dead = (await deadLetters()).map(({ Body, MessageAttributes }) => [
      Body,
      MessageAttributes?.['reason']?.StringValue,
    ]);
    expect(new Map(dead as [string, string][])).toEqual(
      new Map([
        [bad, 'messageInvalid'],
        ['no JSON', 'messageNotJson'],
        [change(3, { schemaVersion: 2 }), 'messageVersionUnsupported'],
      ]),
    );
    expect(output.metrics()).toEqual([
      expect.objectContaining({ Function: 'subscriber', MessagesApplied: 1, MessagesDeadLettered: 3 }),
    ]);
    expect(output.logs()).toHaveLength(3);
    expect(output.logs()[0]).toMatchObject({ level: 'ERROR', requestId: 'request-1' });
    expect(output.text()).not.toMatch(/Beatriz|12\.345|ana@/);
  });

  it('is one from the future, which would win over every real event until then', async () => {
    const [soon, farAhead] = [23, 25].map((hours) =>
      change(1, { occurredAt: new Date(systemClock.now() + hours * 3_600_000).toISOString() }),
    ) as [string, string];

    expect(await subscriber()(batch(soon, farAhead))).toEqual(done);

    expect((await deadLetters()).map(({ Body }) => Body)).toEqual([farAhead]);
    expect(output.metrics()).toEqual([
      expect.objectContaining({ MessagesApplied: 1, MessagesDeadLettered: 1 }),
    ]);
  });

  it('stays in its queue while the dead-letter queue does not take it', async () => {
    const handle = subscriber({ queueUrl: deadLetterQueueUrl.replace('dead', 'nowhere') });

    const answer = await handle(batch('no JSON', change(1)));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(await stored()).toHaveLength(1);
    expect(output.logs()).toEqual([expect.objectContaining({ errorCode: 'deadLetterFailed' })]);
  });
});

describe('a batch of 1,000', () => {
  it('is written, or given up, within its time, whatever it is made of', async () => {
    // Every third one can never succeed, some of them so large that few fit in a call.
    const padding = 'ñ'.repeat(50_000);
    const bodies = Array.from({ length: 1_000 }, (_, index) => {
      if (index % 3 > 0) return change(index + 1);
      return change(index + 1, index % 100 === 0 ? { correo: padding } : { id: 'none' });
    });
    const nonRetryable = bodies.filter((_body, index) => index % 3 === 0);

    expect(await subscriber()(batch(...bodies))).toEqual(done);

    expect(await stored()).toHaveLength(bodies.length - nonRetryable.length);
    const dead = (await deadLetters()).map(({ Body }) => Body);
    expect(dead).toHaveLength(nonRetryable.length);
    expect(new Set(dead)).toEqual(new Set(nonRetryable));
    expect(output.metrics()).toEqual([
      expect.objectContaining({ MessagesApplied: 666, MessagesDeadLettered: 334 }),
    ]);
  });
});

describe('while the database is unavailable', () => {
  it('hands the readable messages back, and nothing else', async () => {
    const answer = await subscriber({ port: 1 })(batch(change(1), 'no JSON', change(2)));

    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-2' }],
    });
    expect(await deadLetters()).toHaveLength(1);
    expect(output.metrics()).toEqual([expect.objectContaining({ MessagesDeadLettered: 1 })]);
    expect(output.metrics()[0]).not.toHaveProperty('MessagesApplied');
    expect(output.metrics()[0]).not.toHaveProperty('storedAfterMs');
  });
});

describe('the function’s entry', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  it('builds its handler from its environment', async () => {
    const variables = {
      HEADROOM_STAGE: 'local',
      HEADROOM_SYSTEM: 'system-01',
      DATABASE_HOST: server.host,
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: bench.database,
      DATABASE_SECRET_ARN: 'subscriber',
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      METRICS_PERIOD_SECONDS: '60',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: queues.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: queues.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: bench.aws.url,
      AWS_ENDPOINT_URL_SQS: queues.url,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const { handler } = await import('./subscriber.ts');

    expect(await handler(batch(change(1), 'no JSON'), context)).toEqual(done);

    expect(await stored()).toHaveLength(1);
    expect(await deadLetters()).toHaveLength(1);
  });
});
