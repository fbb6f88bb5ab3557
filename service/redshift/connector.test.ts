import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock, type Clock } from '../../core/clock.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { Relay } from '../testing/relay.ts';
import { createConnector, type Connector } from './connector.ts';

let server: PostgresServer;
let relay: Relay;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

/** Long enough for a connect on a busy machine, and far below the time after which an attempt fails. */
const patienceMs = 200;

function connectorOf(clock: Clock = systemClock): Connector {
  const admin = { username: server.adminUser, password: server.adminPassword };
  return createConnector({
    address: { host: relay.host, port: relay.port, name: 'postgres' },
    credentials: { get: async () => admin, refresh: async () => admin },
    timeouts: { connectMs: 1_000, statementMs: 1_000 },
    patienceMs,
    clock,
    // No pause: what is tried here is who waits for how long.
    random: () => 0,
  });
}

const open = (connector: Connector) => connector.open(new AbortController().signal);
/** What a caller is told who gets no connection, and after how long. */
async function refusal(connector: Connector): Promise<{ error: unknown; afterMs: number }> {
  const startMs = performance.now();
  const error = await open(connector).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  return { error, afterMs: performance.now() - startMs };
}
const stillConnecting = {
  errorCode: 'databaseUnreachable',
  message: expect.stringContaining('still connecting'),
};

describe('an attempt to connect after a failed one', () => {
  let connector: Connector;
  beforeEach(async () => {
    relay = await Relay.start(server);
    connector = connectorOf();
    await relay.refuse();
    await refusal(connector);
    await relay.hold();
    return async () => {
      connector.close();
      await relay.stop();
    };
  });

  it('holds its caller for the patience alone, and nobody who comes later', async () => {
    const first = await refusal(connector);
    expect(first.error).toMatchObject(stillConnecting);
    const second = await refusal(connector);
    expect(second.error).toMatchObject(stillConnecting);

    expect(first.afterMs).toBeGreaterThan(patienceMs - 20);
    expect(first.afterMs).toBeLessThan(2 * patienceMs);
    expect(second.afterMs).toBeLessThan(patienceMs / 2);
    expect(relay.opened).toBe(1);
  });

  it('goes on in the background, and the next caller finds the connection open', async () => {
    await expect(open(connector)).rejects.toMatchObject(stillConnecting);
    await relay.pass();

    await expect.poll(() => connector.current, { timeout: 5_000 }).toBeDefined();
    await open(connector);

    expect(relay.opened).toBe(1);
  });

  it('tells who comes meanwhile why the one before failed', async () => {
    await expect(open(connector)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('is ended with the connector, and leaves nothing open', async () => {
    await expect(open(connector)).rejects.toMatchObject(stillConnecting);
    connector.close();

    await expect.poll(() => relay.open).toBe(0);
    expect(connector.current).toBeUndefined();
  });
});

describe('an attempt whose secret never comes', () => {
  it('ends, also when its caller has left', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const get = (signal?: AbortSignal) => {
      asked += 1;
      return new Promise<never>((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      });
    };
    const connector = createConnector({
      address: { host: '127.0.0.1', port: 1, name: 'postgres' },
      credentials: { get, refresh: get },
      timeouts: { connectMs: 1_000, statementMs: 1_000 },
      clock,
      random: () => 0,
    });
    const caller = new AbortController();
    const first = connector.open(caller.signal);
    caller.abort(new Error('no time left'));
    await expect(first).rejects.toThrow('no time left');

    clock.advance(6_000);
    await new Promise((resolve) => setImmediate(resolve));
    const second = connector.open(AbortSignal.abort(new Error('no time at all')));

    await expect(second).rejects.toThrow('no time at all');
    expect(asked).toBe(2);
    connector.close();
  });
});

describe('an attempt that its environment was frozen in', () => {
  it('says nothing of the database: the next one’s caller waits longer', async () => {
    relay = await Relay.start(server);
    let frozenMs = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + frozenMs };
    const connector = connectorOf(clock);
    await relay.refuse();
    await expect(open(connector)).rejects.toThrow('could not be connected to');
    await relay.hold();

    await expect(open(connector)).rejects.toMatchObject(stillConnecting);
    frozenMs += 60_000;
    await expect.poll(() => relay.open, { timeout: 5_000 }).toBe(0);
    const waited = await refusal(connector);
    expect(waited.error).toMatchObject(stillConnecting);

    expect(waited.afterMs).toBeGreaterThan(2 * patienceMs - 20);
    expect(waited.afterMs).toBeLessThan(3 * patienceMs);
    connector.close();
    await relay.stop();
  });
});

describe('the first attempt', () => {
  it('has its caller wait to its end, also after a connection was lost', async () => {
    relay = await Relay.start(server);
    const connector = connectorOf();
    await open(connector);
    await relay.hold();
    relay.cut();
    await expect.poll(() => connector.current).toBeUndefined();

    const waited = await refusal(connector);
    expect(waited.error).toMatchObject({ errorCode: 'databaseUnreachable' });

    expect(waited.afterMs).toBeGreaterThan(900);
    connector.close();
    await relay.stop();
  });
});
