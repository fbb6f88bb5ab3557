import type { SQSEvent } from 'aws-lambda';
import { Client } from 'pg';
import { systemClock, systemRandom } from '../clock.ts';
import { parseMessage, type Message } from '../domain/message.ts';
import { residentBytes } from '../env.ts';
import { createSubscriberHandler } from '../handlers/subscriberHandler.ts';
import { createTelemetry } from '../telemetry.ts';
import { CopyIn } from './copyIn.ts';
import { databaseOf, withDatabase, type Target } from './database.ts';
import { assignment, compare, measured } from './sideBySide.ts';

/*
 * Rows a second into an empty table: the handler with its batches (each message checked, versioned,
 * staged and applied), one INSERT a message, and COPY, which checks and versions nothing, as the limit.
 */

interface Input {
  target: Target;
  batchSize: number;
}
/** Written by each measurement, after a tenth of it to warm up. */
const rows = 10_000;

const bodyOf = (id: number): string =>
  JSON.stringify({
    schemaVersion: 1,
    id,
    nombre: 'María José',
    apellido: 'Muñoz Riquelme',
    rut: '12.345.678-5',
    correo: `cliente.${id}@example.com`,
    occurredAt: '2026-01-02T03:04:05.006Z',
  });

/** Hands batches of ids to `write`; rows a second. */
async function rowsPerSecond(batchSize: number, write: (ids: number[]) => Promise<void>): Promise<number> {
  let startMs = performance.now();
  const warmUp = rows / 10;
  for (let first = 1; first <= warmUp + rows; first += batchSize) {
    if (first === warmUp + 1) startMs = performance.now();
    await write(Array.from({ length: batchSize }, (_, index) => first + index));
  }
  return rows / ((performance.now() - startMs) / 1_000);
}

async function handled({ target, batchSize }: Input): Promise<number> {
  const database = databaseOf(target, 'subscriber');
  const handler = createSubscriberHandler({
    database,
    deadLetters: { send: async () => new Map() },
    telemetry: createTelemetry({
      stage: 'bench',
      system: 'system-01',
      role: 'subscriber',
      memoryMiB: 256,
      usedBytes: residentBytes,
      random: Math.random,
    }),
    clock: systemClock,
    random: systemRandom,
  });
  const rate = await rowsPerSecond(batchSize, async (ids) => {
    const event = { Records: ids.map((id) => ({ messageId: String(id), body: bodyOf(id) })) } as SQSEvent;
    const { batchItemFailures } = await handler(event, {
      awsRequestId: 'request',
      getRemainingTimeInMillis: () => 30_000,
    });
    if (batchItemFailures.length > 0) throw new Error('expected every message to be written');
  });
  database.close();
  return rate;
}

async function withClient(target: Target, work: (client: Client) => Promise<number>): Promise<number> {
  const { username: user, password } = target.credentials.subscriber;
  const client = new Client({ ...target, database: target.name, user, password });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const read = (id: number): Message => parseMessage(bodyOf(id));

const insertRow = ({ target, batchSize }: Input): Promise<number> =>
  withClient(target, (client) =>
    rowsPerSecond(batchSize, async (ids) => {
      for (const id of ids) {
        const { nombre, apellido, rut, correo } = read(id);
        await client.query('INSERT INTO clientes VALUES ($1, $2, $3, $4, $5)', [
          id,
          nombre,
          apellido,
          rut,
          correo,
        ]);
      }
    }),
  );

const copy = ({ target, batchSize }: Input): Promise<number> =>
  withClient(target, (client) =>
    rowsPerSecond(batchSize, async (ids) => {
      const lines = ids.map((id) => {
        const { nombre, apellido, rut, correo } = read(id);
        return `${[id, nombre, apellido, rut, correo].join('\t')}\n`;
      });
      await client.query(new CopyIn('COPY clientes FROM STDIN', lines.join(''))).done;
    }),
  );

const variants: Record<string, (input: Input) => Promise<number>> = {
  'INSERT a message': insertRow,
  subscriber: handled,
  COPY: copy,
};

const assigned = assignment();
if (assigned) {
  const input = assigned.input as Input;
  const { target } = input;
  const { username: user, password } = target.credentials.admin;
  const admin = new Client({ ...target, database: target.name, user, password });
  await admin.connect();
  await admin.query('TRUNCATE clientes, clientes_version');
  await admin.end();
  measured(await variants[assigned.variant]!(input));
} else {
  await withDatabase(async (target) => {
    for (const batchSize of [10, 100, 1_000]) {
      await compare({
        title: `subscriber, batches of ${batchSize}`,
        script: import.meta.url,
        variants: Object.keys(variants),
        unit: 'rows a second',
        input: { target, batchSize } satisfies Input,
      });
    }
  });
}
