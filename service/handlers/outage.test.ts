import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fleetConfig from '../../fleet.config.ts';
import { parseFleet, stageOf } from '../../fleet/fleet.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { redeliveryOf } from '../../infra/redelivery.ts';
import { parseMessage } from '../domain/message.ts';
import { newestOfEach } from '../domain/version.ts';
import { cachedCredentials } from '../redshift/credentials.ts';
import { createDatabase } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { Relay } from '../testing/relay.ts';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createSubscriberHandler } from './subscriberHandler.ts';
import { clientMessages } from './clientMessages.ts';

let server: PostgresServer;
let bench: SystemBench;
let relay: Relay;

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

const outageMs = 10 * 60_000;
const stepMs = 1_000;
const { visibilitySeconds, maxReceiveCount } = redeliveryOf(
  stageOf(parseFleet(fleetConfig), 'prod').subscriber,
);

interface Waiting {
  body: string;
  visibleAtMs: number;
  receives: number;
}

/** Two subscribers in virtual time, and a queue that delivers again what they hand back. */
function system(clock: ManualClock) {
  const random = seededRandom(3);
  const queue: Waiting[] = [];
  const finished: Waiting[] = [];
  const given: string[] = [];
  const credentials = cachedCredentials(bench.secretsManager, 'subscriber');
  const environments = Array.from({ length: 2 }, () => {
    const database = createDatabase({
      address: { host: relay.host, port: relay.port, name: bench.database },
      credentials,
      timeouts: { connectMs: 10_000, statementMs: 10_000 },
      clock,
      random,
    });
    const handler = createSubscriberHandler({
      kind: clientMessages,
      database,
      deadLetters: {
        send: async (letters) => {
          given.push(...letters.map(({ body }) => body));
          return new Map();
        },
      },
      telemetry: { failed: () => {}, succeeded: () => {}, publish: () => {} },
      clock,
      random,
    });
    return { database, handler };
  });

  async function deliver(handler: (typeof environments)[number]['handler']): Promise<void> {
    const due = queue.filter(({ visibleAtMs }) => visibleAtMs <= clock.now()).slice(0, 10);
    if (due.length === 0) return;
    for (const message of due) {
      message.receives += 1;
      message.visibleAtMs = clock.now() + visibilitySeconds * 1_000;
    }
    const event = { Records: due.map(({ body }, index) => ({ messageId: String(index), body })) } as SQSEvent;
    const { batchItemFailures }: SQSBatchResponse = await handler(event, {
      awsRequestId: 'request-1',
      getRemainingTimeInMillis: () => 15_000,
    });
    const back = new Set(batchItemFailures.map(({ itemIdentifier }) => due[Number(itemIdentifier)]));
    for (const message of due.filter((one) => !back.has(one))) {
      queue.splice(queue.indexOf(message), 1);
      finished.push(message);
    }
  }

  return {
    queue,
    finished,
    given,
    publish: (body: string) => queue.push({ body, visibleAtMs: clock.now(), receives: 0 }),
    /** A second passes: both get a batch at the same time. */
    step: async () => {
      await Promise.all(environments.map(({ handler }) => deliver(handler)));
      clock.advance(stepMs);
    },
    close: () => {
      for (const { database } of environments) database.close();
    },
  };
}

describe('with the database gone for ten minutes', () => {
  it('every message waits, and then each client ends as its newest event says, once', async () => {
    const clock = new ManualClock();
    const { queue, finished, given, publish, step, close } = system(clock);
    const published: string[] = [];
    const startMs = clock.now();
    let number = 0;
    const publishOne = (): void => {
      // Out of order, and every fifth twice.
      const occurredAt = new Date(startMs + ((number * 7_919) % 1_000)).toISOString();
      const body = JSON.stringify({
        schemaVersion: 1,
        id: 1 + (number % 40),
        nombre: `Event ${number}`,
        apellido: 'Muñoz',
        rut: '12345678-5',
        correo: 'ana@example.com',
        occurredAt,
      });
      for (let times = number % 5 === 0 ? 2 : 1; times > 0; times -= 1) publish(body);
      published.push(body);
      number += 1;
    };
    const stored = () => bench.query('admin', 'SELECT id, nombre FROM clientes ORDER BY id, nombre');

    publishOne();
    await step();
    expect(queue).toEqual([]);
    await relay.refuse();
    while (clock.now() - startMs < outageMs) {
      if (number < 200) publishOne();
      await step();
    }
    await relay.pass();
    const backMs = clock.now();
    while (queue.length > 0) {
      expect(clock.now() - backMs).toBeLessThan(2 * visibilitySeconds * 1_000 + 10_000);
      await step();
    }

    expect(given).toEqual([]);
    expect(Math.max(...finished.map(({ receives }) => receives))).toBeLessThan(maxReceiveCount);
    expect(await stored()).toEqual(
      newestOfEach(published.map(parseMessage))
        .map(({ message }) => ({ id: String(message.id), nombre: message.nombre }))
        .sort((a, b) => Number(a.id) - Number(b.id)),
    );
    close();
  });
});
