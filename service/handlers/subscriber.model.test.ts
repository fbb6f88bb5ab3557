import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../infra/local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../infra/local/postgres/server.ts';
import { systemClock, type Clock } from '../clock.ts';
import { parseMessage } from '../domain/message.ts';
import { newestOfEach } from '../domain/version.ts';
import { cachedCredentials, type CredentialSource } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import * as sql from '../redshift/sql.ts';
import { Interleaver, type Fate } from '../testing/interleaver.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createSubscriberHandler } from './subscriberHandler.ts';

/*
 * The model: whatever is delivered, however often, in whatever order, to however many environments, cut
 * off between whichever statements, each client ends as the newest of its events says, once. Here it is
 * held against PostgreSQL at REPEATABLE READ on tables without keys, which forbid nothing by themselves.
 */

let server: PostgresServer;
let bench: SystemBench;
let admin: Client;
let credentials: CredentialSource;

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  const { adminUser: user, adminPassword: password, host, port } = server;
  admin = new Client({ host, port, user, password, database: bench.database });
  await admin.connect();
  credentials = cachedCredentials(bench.secretsManager, 'subscriber');
});
afterAll(async () => {
  await admin.end();
  await bench.aws.stop();
  await server.stop();
});

/** Conflicts are tried again at once. */
const hurried: Clock = { ...systemClock, sleep: async () => {} };

interface Story {
  environments: number;
  /** Bodies of the messages of each delivery, duplicates included. */
  deliveries: string[][];
  /** Who goes on, at each statement; used again from the start when it ends. */
  choices: number[];
  /** What goes wrong, and at which statement of all. */
  blows: { statement: number; fate: Fate }[];
}

const body = fc
  .record({
    id: fc.integer({ min: 1, max: 3 }),
    nombre: fc.constantFrom('Ana', 'Eva', 'Luz'),
    occurredAt: fc.integer({ min: 0, max: 3 }).map((ms) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()),
  })
  .map((fields) =>
    JSON.stringify({
      schemaVersion: 1,
      apellido: 'Muñoz',
      rut: '12345678-5',
      correo: 'ana@example.com',
      ...fields,
    }),
  );

const story: fc.Arbitrary<Story> = fc.record({
  environments: fc.integer({ min: 2, max: 3 }),
  deliveries: fc
    .array(fc.array(body, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 })
    .chain((batches) =>
      fc.shuffledSubarray(batches, { minLength: 0 }).map((again) => [...batches, ...again]),
    ),
  choices: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 }),
  blows: fc.array(
    fc.record({
      statement: fc.nat({ max: 60 }),
      fate: fc.constantFrom<Fate>(
        'sessionEndsBefore',
        'sessionEndsAfter',
        'environmentDiesBefore',
        'environmentDiesAfter',
      ),
    }),
    { maxLength: 4 },
  ),
});

/** Acts a story out to its end: what failed is delivered again, as the queue would. */
async function act({ environments, deliveries, choices, blows }: Story, leaveOut?: (sql: string) => boolean) {
  await admin.query('TRUNCATE clientes, clientes_version');
  const interleaver = new Interleaver(admin, leaveOut);
  const queue = [...deliveries];
  const fates = new Map(blows.map(({ statement, fate }) => [statement, fate]));

  async function environment(): Promise<void> {
    let database = newDatabase();
    for (let bodies = queue.shift(); bodies; bodies = queue.shift()) {
      const batch = bodies;
      let answer: SQSBatchResponse | undefined;
      const died = await interleaver.run(database, async (stepped) => {
        answer = await invoke(stepped, batch);
      });
      const back = died ? batch : batch.filter((_body, index) => failed(answer!, index));
      if (back.length > 0) queue.push(back);
      if (!died) continue;
      database.close();
      database = newDatabase();
    }
    database.close();
  }

  const running = Promise.all(Array.from({ length: environments }, environment));
  let statement = 0;
  while (await interleaver.step(choices[statement % choices.length]!, fates.get(statement) ?? 'run')) {
    statement += 1;
  }
  await running;
  return statement;
}

const newDatabase = (): Database =>
  createDatabase({
    address: { host: server.host, port: server.port, name: bench.database },
    credentials,
    timeouts: { connectMs: 5_000, statementMs: 10_000 },
    clock: systemClock,
    random: () => 0,
  });

const invoke = (database: Database, bodies: readonly string[]): Promise<SQSBatchResponse> =>
  createSubscriberHandler({
    database,
    deadLetters: { send: async () => new Map() },
    telemetry: { failed: () => {}, succeeded: () => {}, publish: () => {} },
    clock: hurried,
    random: () => 0,
  })({ Records: bodies.map((text, index) => ({ messageId: String(index), body: text })) } as SQSEvent, {
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => 60_000,
  });

const failed = ({ batchItemFailures }: SQSBatchResponse, index: number): boolean =>
  batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === String(index));

async function tables(): Promise<unknown> {
  const clients = await admin.query('SELECT id, nombre FROM clientes ORDER BY id, nombre');
  const versions = await admin.query(
    'SELECT id, message_hash AS hash FROM clientes_version ORDER BY id, message_hash',
  );
  return { clients: clients.rows, versions: versions.rows };
}

function model({ deliveries }: Story): unknown {
  const newest = newestOfEach(deliveries.flat().map(parseMessage)).sort(
    (a, b) => a.message.id - b.message.id,
  );
  return {
    clients: newest.map(({ message: { id, nombre } }) => ({ id: String(id), nombre })),
    versions: newest.map(({ message: { id }, version: { hash } }) => ({ id: String(id), hash })),
  };
}

describe('the subscriber, at any interleaving', () => {
  it('leaves each client as its newest event says, exactly once', async () => {
    let statements = 0;
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        statements += await act(told);
        expect(await tables()).toEqual(model(told));
      }),
      { numRuns: 40 },
    );
    // Most batches are tried to their end: ten statements each.
    expect(statements).toBeGreaterThan(40 * 10);
  }, 60_000);

  it('would not without the lock: the same stories then end otherwise', async () => {
    const withoutLock = (statement: string): boolean => statement === sql.lockWriters;

    const { failed: foundOne } = await fc.check(
      fc.asyncProperty(story, async (told) => {
        await act(told, withoutLock);
        expect(await tables()).toEqual(model(told));
      }),
      { numRuns: 100, endOnFailure: true },
    );

    expect(foundOne).toBe(true);
  }, 60_000);
});
