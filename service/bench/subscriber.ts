import type { SQSEvent } from 'aws-lambda';
import { Client } from 'pg';
import { systemClock, systemRandom } from '../../core/clock.ts';
import { parseMessage, type Message } from '../domain/message.ts';
import { residentBytes } from '../env.ts';
import { createSubscriberHandler } from '../handlers/subscriberHandler.ts';
import { createTelemetry } from '../telemetry.ts';
import { CopyIn } from './copyIn.ts';
import { databaseOf, withDatabase, type Target } from './database.ts';
import { assignment, compare, measured } from './sideBySide.ts';
import { clientMessages } from '../handlers/clientMessages.ts';

/*
 * Rows a second into an empty table: the handler with its batches (each message checked, versioned,
 * staged and applied), the same handler with a batch a message, one INSERT a message and COPY. The latter
 * two check messages but apply no version: the newest does not win there. COPY is the limit.
 */

interface Input {
  target: Target;
  batchSize: number;
}
interface Assigned extends Input {
  /** To be written. */
  rows: number;
}
/** Written by each measurement, after as many as a batch has to warm up; fewer where each takes long. */
const rowsOf: Record<string, number> = { 'batch a message': 200 };
const defaultRows = 2_000;

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
async function rowsPerSecond(
  { batchSize, rows }: Assigned,
  write: (ids: number[]) => Promise<void>,
): Promise<number> {
  let startMs = performance.now();
  for (let first = 1; first <= batchSize + rows; first += batchSize) {
    if (first === batchSize + 1) startMs = performance.now();
    await write(Array.from({ length: batchSize }, (_, index) => first + index));
  }
  return rows / ((performance.now() - startMs) / 1_000);
}

async function handled(assigned: Assigned): Promise<number> {
  const database = databaseOf(assigned.target, 'subscriber');
  const handler = createSubscriberHandler({
    kind: clientMessages,
    database,
    deadLetters: { send: async () => new Map() },
    telemetry: createTelemetry({
      stage: 'bench',
      system: 'system-01',
      role: 'subscriber',
      memoryMiB: 256,
      periodSeconds: 60,
      usedBytes: residentBytes,
      clock: systemClock,
      random: Math.random,
    }),
    clock: systemClock,
    random: systemRandom,
  });
  const rate = await rowsPerSecond(assigned, async (ids) => {
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

const insertRow = (assigned: Assigned): Promise<number> =>
  withClient(assigned.target, (client) =>
    rowsPerSecond(assigned, async (ids) => {
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

const copy = (assigned: Assigned): Promise<number> =>
  withClient(assigned.target, (client) =>
    rowsPerSecond(assigned, async (ids) => {
      const lines = ids.map((id) => {
        const { nombre, apellido, rut, correo } = read(id);
        return `${[id, nombre, apellido, rut, correo].join('\t')}\n`;
      });
      await client.query(new CopyIn('COPY clientes FROM STDIN', lines.join(''))).done;
    }),
  );

const variants: Record<string, (assigned: Assigned) => Promise<number>> = {
  'INSERT a message': insertRow,
  'batch a message': (assigned) => handled({ ...assigned, batchSize: 1 }),
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
  const rows = rowsOf[assigned.variant] ?? defaultRows;
  measured(await variants[assigned.variant]!({ ...input, rows }));
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
