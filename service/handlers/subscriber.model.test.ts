import { SQSClient, type SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock, type Clock } from '../../core/clock.ts';
import { parseMessage, type Message } from '../domain/message.ts';
import { newestOfEach } from '../domain/version.ts';
import { cachedCredentials, type CredentialSource } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import * as sql from '../redshift/sql.ts';
import { Interleaver, type Fate } from '../testing/interleaver.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createDeadLetters } from './deadLetters.ts';
import { createSubscriberHandler, type SubscriberOptions } from './subscriberHandler.ts';
import { clientMessages } from './clientMessages.ts';

/*
 * The model: whatever is delivered, however often, in whatever order, to however many environments, cut
 * off between whichever statements, each client ends as the newest of its events says, once; and what can
 * never succeed is among the dead letters, it alone, whatever their queue refuses. Here it is held against
 * PostgreSQL at REPEATABLE READ on tables without keys, which forbid nothing by themselves.
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

/** What becomes of a dead letter; `takenUnheard`: it is kept, and its sender told nothing. */
type LetterFate = 'taken' | 'refused' | 'takenUnheard';

interface Story {
  environments: number;
  /** Bodies of the messages of each delivery, duplicates included. */
  deliveries: string[][];
  /** Who goes on, at each statement; used again from the start when it ends. */
  choices: number[];
  /** What goes wrong, and at which statement of all. */
  blows: { statement: number; fate: Fate }[];
  /** Of the first calls to the dead-letter queue, one a letter; later ones are taken. */
  letters: LetterFate[][];
}

const readable = fc
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

const nonRetryable = fc.nat({ max: 4 }).map((number) => `no JSON ${number}`);
const body = fc.oneof({ weight: 3, arbitrary: readable }, { weight: 1, arbitrary: nonRetryable });

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
  letters: fc.array(
    fc.array(fc.constantFrom<LetterFate>('taken', 'refused', 'takenUnheard'), { minLength: 1 }),
    { maxLength: 4 },
  ),
});

/** What is left out of the subscriber, to see that the model is not met then. */
interface Sabotage {
  /** How it begins. */
  statement?: string;
  deadLetter?: string;
}

interface Ending {
  statements: number;
  /** Answers that handed back a part of their batch. */
  partial: number;
  /** Bodies that the dead-letter queue has. */
  dead: Set<string>;
}

/** Acts a story out to its end: what failed is delivered again, as the queue would. */
async function act(
  { environments, deliveries, choices, blows, letters }: Story,
  sabotage: Sabotage = {},
): Promise<Ending> {
  await admin.query('TRUNCATE clientes, clientes_version');
  const leftOut = sabotage.statement;
  const interleaver = new Interleaver(
    admin,
    (statement) => leftOut !== undefined && statement.startsWith(leftOut),
  );
  const dead = new Set<string>();
  const deadLetters = createDeadLetters(deadLetterQueue(letters.values(), dead, sabotage.deadLetter), 'dead');
  let partial = 0;
  const queue = [...deliveries];
  const fates = new Map(blows.map(({ statement, fate }) => [statement, fate]));

  async function environment(): Promise<void> {
    let database = newDatabase();
    for (let bodies = queue.shift(); bodies; bodies = queue.shift()) {
      const batch = bodies;
      let answer: SQSBatchResponse | undefined;
      const died = await interleaver.run(database, async (stepped) => {
        answer = await invoke({ database: stepped, deadLetters }, batch);
      });
      const back = died ? batch : batch.filter((_body, index) => failed(answer!, index));
      if (back.length > 0) queue.push(back);
      if (back.length > 0 && back.length < batch.length) partial += 1;
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
  return { statements: statement, partial, dead };
}

/** A dead-letter queue of a story's fates, as the SDK's client shows it. */
function deadLetterQueue(
  calls: Iterator<readonly LetterFate[]>,
  dead: Set<string>,
  lost: string | undefined,
): SQSClient {
  const send = async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
    const fates: readonly LetterFate[] = calls.next().value ?? ['taken'];
    const fateOf = (index: number): LetterFate => fates[index % fates.length]!;
    Entries.forEach(({ MessageBody = '' }, index) => {
      if (fateOf(index) !== 'refused' && MessageBody !== lost) dead.add(MessageBody);
    });
    if (fates.includes('takenUnheard')) throw new Error('socket hang up');
    const refused = Entries.filter((_entry, index) => fateOf(index) === 'refused');
    return { Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
  };
  return Object.assign(new SQSClient(), { send });
}

const newDatabase = (): Database =>
  createDatabase({
    address: { host: server.host, port: server.port, name: bench.database },
    credentials,
    timeouts: { connectMs: 5_000, statementMs: 10_000 },
    clock: systemClock,
    random: () => 0,
  });

const invoke = (
  environment: Pick<SubscriberOptions<Message>, 'database' | 'deadLetters'>,
  bodies: readonly string[],
): Promise<SQSBatchResponse> =>
  createSubscriberHandler({
    kind: clientMessages,
    ...environment,
    telemetry: { failed: () => {}, succeeded: () => {}, publish: () => {} },
    clock: hurried,
    random: () => 0,
  })({ Records: bodies.map((text, index) => ({ messageId: String(index), body: text })) } as SQSEvent, {
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => 60_000,
  });

const failed = ({ batchItemFailures }: SQSBatchResponse, index: number): boolean =>
  batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === String(index));

/** What a story leaves. */
async function left({ dead }: Ending): Promise<unknown> {
  const clients = await admin.query('SELECT id, nombre FROM clientes ORDER BY id, nombre');
  const versions = await admin.query(
    'SELECT id, message_hash AS hash FROM clientes_version ORDER BY id, message_hash',
  );
  return { clients: clients.rows, versions: versions.rows, dead };
}

function model({ deliveries }: Story): unknown {
  const messages: Message[] = [];
  const dead = new Set<string>();
  for (const text of deliveries.flat()) {
    try {
      messages.push(parseMessage(text));
    } catch {
      dead.add(text);
    }
  }
  const newest = newestOfEach(messages).sort((a, b) => a.message.id - b.message.id);
  return {
    clients: newest.map(({ message: { id, nombre } }) => ({ id: String(id), nombre })),
    versions: newest.map(({ message: { id }, version: { hash } }) => ({ id: String(id), hash })),
    dead,
  };
}

describe('the subscriber, at any interleaving', () => {
  it('leaves each client as its newest event says, exactly once, and loses no dead letter', async () => {
    const total = { statements: 0, partial: 0 };
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const ending = await act(told);
        total.statements += ending.statements;
        total.partial += ending.partial;
        expect(await left(ending)).toEqual(model(told));
      }),
      { numRuns: 30 },
    );
    // Most batches are tried to their end, ten statements each; some are handed back in part.
    expect(total.statements).toBeGreaterThan(30 * 10);
    expect(total.partial).toBeGreaterThan(3);
  }, 60_000);

  it.each<[string, Sabotage]>([
    ['the lock', { statement: sql.lockWriters }],
    ['the removal of what is stored', { statement: 'DELETE FROM clientes ' }],
    ['the comparison of versions', { statement: 'SELECT id, occurred_at_ms' }],
    ['a dead letter', { deadLetter: 'no JSON 0' }],
  ])(
    'would not without %s: the same stories then end otherwise',
    async (_what, sabotage) => {
      const { failed: foundOne } = await fc.check(
        fc.asyncProperty(story, async (told) => {
          const ending = await act(told, sabotage);
          expect(await left(ending)).toEqual(model(told));
        }),
        { numRuns: 100, endOnFailure: true },
      );

      expect(foundOne).toBe(true);
    },
    60_000,
  );
});
