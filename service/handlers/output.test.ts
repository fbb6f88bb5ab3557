import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEvent, SQSEvent } from 'aws-lambda';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { cachedCredentials } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import { createTelemetry } from '../telemetry.ts';
import { captureOutput } from '../testing/emitted.ts';
import { Relay } from '../testing/relay.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createApiHandler } from './apiHandler.ts';
import { createDeadLetters } from './deadLetters.ts';
import { createSubscriberHandler } from './subscriberHandler.ts';
import { clientMessages } from './clientMessages.ts';
import { routes } from './routes.ts';

let server: PostgresServer;
let bench: SystemBench;
let relay: Relay;
let output: ReturnType<typeof captureOutput>;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  relay = await Relay.start(server);
});
afterAll(async () => {
  await relay.stop();
  await bench.aws.stop();
  await server.stop();
});
beforeEach(async () => {
  await relay.pass();
  await bench.query('admin', 'TRUNCATE clientes, clientes_version');
  output = captureOutput();
});
afterEach(() => {
  output.release();
  for (const database of databases.splice(0)) database.close();
});

/** A client that no other test and no library knows: wherever a part of it turns up, it came from here. */
const marked = {
  id: 7_203_441_982,
  nombre: 'Xochiquetzalmark',
  apellido: 'Quiñonezmark',
  rut: '7.654.321-6',
  correo: 'xochimark@quimark.example',
};
const marks = /mark|7203441982|7\.?654\.?321/i;

function environment(role: 'api' | 'subscriber', successSampleRate: number) {
  const database = createDatabase({
    address: { host: relay.host, port: relay.port, name: bench.database },
    credentials: cachedCredentials(bench.secretsManager, role),
    timeouts: { connectMs: 1_000, statementMs: 2_500 },
    clock: systemClock,
    random: () => 0,
  });
  databases.push(database);
  const telemetry = createTelemetry({
    stage: 'production',
    system: 'system-01',
    role,
    memoryMiB: 256,
    periodSeconds: 60,
    usedBytes: () => 100_123_456,
    clock: systemClock,
    random: () => 0.5,
    successSampleRate,
  });
  return { database, telemetry };
}

function ask(clientId: string, successSampleRate = 1, from = environment('api', successSampleRate)) {
  const event = {
    httpMethod: 'GET',
    resource: '/getClient',
    multiValueQueryStringParameters: { client_id: [clientId] },
    queryStringParameters: { client_id: clientId },
    requestContext: { requestId: '8b1f4d52-7c0e-4f3a-9a55-0d2c7c1c9e0b' },
  } as unknown as APIGatewayProxyEvent;
  return createApiHandler(from, routes)(event);
}

function tell(bodies: string[], successSampleRate = 1) {
  const sqs = new SQSClient(bench.aws.clientConfig);
  const handler = createSubscriberHandler({
    kind: clientMessages,
    ...environment('subscriber', successSampleRate),
    deadLetters: createDeadLetters(sqs, `${bench.aws.url}/000000000000/dead`),
    clock: systemClock,
    random: () => 0,
  });
  const event = { Records: bodies.map((body, index) => ({ messageId: String(index), body })) } as SQSEvent;
  return handler(event, {
    awsRequestId: '8b1f4d52-7c0e-4f3a-9a55-0d2c7c1c9e0b',
    getRemainingTimeInMillis: () => 15_000,
  });
}

const message = (change: object = {}): string =>
  JSON.stringify({ schemaVersion: 1, ...marked, occurredAt: '2026-01-02T03:04:05.006Z', ...change });

const deadLettersTake = (): void => {
  bench.aws.actions.set('SendMessageBatch', ({ Entries }) => ({
    Successful: (Entries as { Id: string; MessageBody: string }[]).map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    })),
    Failed: [],
  }));
};

/** Runs something against a database that was changed, and changes it back. */
async function whileChanged(change: string, back: string, work: () => Promise<unknown>): Promise<void> {
  await bench.query('admin', change);
  try {
    await work();
  } finally {
    await bench.query('admin', back);
  }
}

function expectNothingOfTheClient(): void {
  expect(output.metrics().length).toBeGreaterThan(0);
  expect(output.logs().length).toBeGreaterThan(0);
  expect(output.text()).not.toMatch(marks);
}

describe('of a client, nothing is found in any line', () => {
  it('that is answered', async () => {
    await tell([message()]);

    const { statusCode, body } = await ask(String(marked.id));

    expect([statusCode, body]).toEqual([200, expect.stringMatching(marks)]);
    expectNothingOfTheClient();
  });

  it('that is not found, or asked for wrongly', async () => {
    expect((await ask(String(marked.id))).statusCode).toBe(404);
    for (const id of [marked.nombre, marked.rut, marked.correo, `${marked.id}' OR 1=1`]) {
      expect((await ask(id)).statusCode).toBe(400);
    }
    expectNothingOfTheClient();
  });

  it('whose row the database quotes in its refusal of a SELECT', async () => {
    await tell([message()]);
    await whileChanged(
      `ALTER TABLE clientes RENAME TO clientes_away;
       CREATE VIEW clientes AS
         SELECT CAST(nombre AS BIGINT) AS id, nombre, apellido, rut, correo FROM clientes_away;
       GRANT SELECT ON clientes TO PUBLIC`,
      'DROP VIEW clientes; ALTER TABLE clientes_away RENAME TO clientes',
      async () => {
        const { statusCode, body } = await ask(String(marked.id));

        expect(statusCode).toBe(500);
        expect(body).not.toMatch(marks);
        expect(output.logs()).toContainEqual(expect.objectContaining({ cause: 'error 22P02' }));
      },
    );
    expectNothingOfTheClient();
  });

  it('that is there twice', async () => {
    await tell([message()]);
    await bench.query('admin', 'INSERT INTO clientes SELECT * FROM clientes');

    const { statusCode, body } = await ask(String(marked.id));

    expect([statusCode, body]).toEqual([500, expect.not.stringMatching(marks)]);
    expect(output.logs()).toContainEqual(expect.objectContaining({ errorCode: 'clientAmbiguous' }));
    expectNothingOfTheClient();
  });

  it('whose row is locked for longer than anybody waits', async () => {
    const { adminUser: user, adminPassword: password, host, port } = server;
    const other = new Client({ host, port, user, password, database: bench.database });
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE clientes');
      const [answer, handedBack] = await Promise.all([ask(String(marked.id)), tell([message()])]);

      expect([answer.statusCode, handedBack.batchItemFailures.length]).toEqual([503, 1]);
      expect(output.logs()).toContainEqual(expect.objectContaining({ errorCode: 'databaseSlow' }));
    } finally {
      await other.end();
    }
    expectNothingOfTheClient();
  });

  it('whose answer is cut short', async () => {
    await relay.refuse();
    const unreachable = await ask(String(marked.id));
    await relay.pass();
    const bug: Database = {
      use: () => Promise.reject(new RangeError(`cannot read ${marked.nombre}`, { cause: marked })),
      close: () => {},
    };
    const failed = await ask(String(marked.id), 1, { ...environment('api', 1), database: bug });

    expect([unreachable.statusCode, failed.statusCode]).toEqual([503, 500]);
    expect(unreachable.body + failed.body).not.toMatch(marks);
    expectNothingOfTheClient();
  });

  it('that is written, written again and made void', async () => {
    await tell([message()]);
    await tell([message(), message({ apellido: 'Anothermark', occurredAt: '2025-01-02T03:04:05.006Z' })]);

    expect(output.metrics()[1]).toMatchObject({ MessagesApplied: 0, messagesSuperseded: 2 });
    expectNothingOfTheClient();
  });

  it('whose message no retry can help, whichever field is wrong', async () => {
    deadLettersTake();
    const wrong = [
      `{"nombre": ${marked.nombre}`,
      marked.nombre,
      message({ schemaVersion: 2 }),
      message({ [marked.nombre]: marked.correo }),
      ...(['id', 'nombre', 'apellido', 'rut', 'correo', 'occurredAt'] as const).flatMap((field) => [
        message({ [field]: undefined }),
        message({ [field]: { [marked.nombre]: marked.rut } }),
        message({ [field]: `\0${marked.nombre}`.repeat(200) }),
      ]),
    ];

    expect(await tell(wrong)).toEqual({ batchItemFailures: [] });
    expect(output.metrics()).toEqual([expect.objectContaining({ MessagesDeadLettered: wrong.length })]);
    expectNothingOfTheClient();
  });

  it('whose message the dead-letter queue refuses', async () => {
    bench.aws.actions.set('SendMessageBatch', ({ Entries }) => {
      throw new TypeError(JSON.stringify(Entries));
    });
    expect((await tell([marked.nombre])).batchItemFailures).toHaveLength(1);
    bench.aws.actions.set('SendMessageBatch', () => ({
      Successful: [],
      Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true, Message: marked.nombre }],
    }));
    expect((await tell([marked.nombre])).batchItemFailures).toHaveLength(1);
    expect(output.logs()).toContainEqual(expect.objectContaining({ cause: 'Error InvalidMessageContents' }));
    expectNothingOfTheClient();
  });

  it.each([
    [
      'a key that is taken',
      'CREATE UNIQUE INDEX taken ON clientes (apellido); ' +
        `INSERT INTO clientes VALUES (1, '', '${marked.apellido}', '', '')`,
      'DROP INDEX taken',
    ],
    [
      'a row that a check refuses',
      "ALTER TABLE clientes ADD CONSTRAINT checked CHECK (nombre = '')",
      'ALTER TABLE clientes DROP CONSTRAINT checked',
    ],
    [
      'an error of its own',
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'not %', NEW USING DETAIL = NEW.nombre, HINT = NEW.rut; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON clientes FOR EACH ROW EXECUTE FUNCTION refuse()`,
      'DROP FUNCTION refuse CASCADE',
    ],
    [
      'a conflict that does not end',
      `CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'not %', NEW USING ERRCODE = '40001', DETAIL = NEW.nombre; END $$;
       CREATE TRIGGER conflict BEFORE INSERT ON clientes FOR EACH ROW EXECUTE FUNCTION conflict()`,
      'DROP FUNCTION conflict CASCADE',
    ],
  ])('whose row the database quotes in %s', async (_what, change, back) => {
    await whileChanged(change, back, async () => {
      expect((await tell([message()])).batchItemFailures).toHaveLength(1);
    });
    expectNothingOfTheClient();
  });

  it('whose batch meets an outage', async () => {
    await relay.refuse();

    expect((await tell([message()])).batchItemFailures).toHaveLength(1);
    expectNothingOfTheClient();
  });
});

describe('of a secret, nothing is found in any line', () => {
  it.each([
    ['is no JSON', `{"username": "api", "password": ${marked.nombre}}`],
    ['has no password', JSON.stringify({ [marked.nombre]: marked.correo })],
    [
      'is of a user that the database does not know',
      JSON.stringify({ username: 'x', password: marked.nombre }),
    ],
  ])('that %s', async (_what, secret) => {
    const read = bench.aws.actions.get('GetSecretValue')!;
    bench.aws.actions.set('GetSecretValue', () => ({ SecretString: secret }));
    try {
      const { statusCode, body } = await ask('1');

      expect([statusCode, body]).toEqual([503, expect.not.stringMatching(marks)]);
    } finally {
      bench.aws.actions.set('GetSecretValue', read);
    }
    expect(output.logs()).toEqual([expect.objectContaining({ errorCode: 'databaseCredentials' })]);
    expectNothingOfTheClient();
  });
});

describe('the bytes an invocation writes', () => {
  const bytesOf = async (work: () => Promise<unknown>): Promise<number> => {
    output.clear();
    await work();
    return Buffer.byteLength(output.text());
  };

  // At 0.50 USD a GB taken in, 400 bytes cost as much as Lambda's price of the request itself.
  it('stay below what README.md of this room says', async () => {
    deadLettersTake();
    const database: Database = { use: () => Promise.reject(new TypeError('a bug')), close: () => {} };
    await tell([message()], 0);

    expect(await bytesOf(() => ask(String(marked.id), 0))).toBeLessThan(350);
    expect(await bytesOf(() => ask(String(marked.id), 1))).toBeLessThan(600);
    expect(await bytesOf(() => ask('0', 0))).toBeLessThan(700);
    expect(await bytesOf(() => ask('1', 0, { ...environment('api', 0), database }))).toBeLessThan(2_500);
    expect(await bytesOf(() => tell([message()], 0))).toBeLessThan(600);
    expect(await bytesOf(() => tell(['no JSON'], 0))).toBeLessThan(750);
    const warm = environment('api', 0);
    await ask(String(marked.id), 0, warm);
    const hundred = async (): Promise<void> => {
      for (let request = 0; request < 100; request += 1) await ask(String(marked.id), 0, warm);
    };
    // A line of memory where the next ten seconds begin.
    expect(await bytesOf(hundred)).toBeLessThan(2 * 310);
    await relay.refuse();
    const away = environment('api', 0);
    await ask('1', 0, away);
    expect(await bytesOf(() => ask('1', 0, away))).toBeLessThan(850);
  });
});
