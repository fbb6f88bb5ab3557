import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SecurityGroupProxy } from '../../local/network/securityGroupProxy.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { cachedCredentials } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import { createTelemetry } from '../telemetry.ts';
import { captureOutput } from '../testing/emitted.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { createApiHandler } from './apiHandler.ts';
import { routes } from './routes.ts';

let server: PostgresServer;
let bench: SystemBench;
let proxy: SecurityGroupProxy;
let ruleAuthorised = true;
let output: ReturnType<typeof captureOutput>;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  proxy = new SecurityGroupProxy({ allows: () => ruleAuthorised });
  proxy.addCluster({ ...server, identifier: 'cluster', rulePort: 5439, securityGroupIds: [] });
});
afterAll(async () => {
  await proxy.close();
  await bench.aws.stop();
  await server.stop();
});
beforeEach(() => {
  ruleAuthorised = true;
  output = captureOutput();
});
afterEach(() => {
  output.release();
  for (const database of databases.splice(0)) database.close();
});

async function api({ clock = systemClock, successSampleRate = 0 } = {}) {
  const database = createDatabase({
    address: {
      ...(await proxy.open({ name: 'api', securityGroupIds: [] }, 'cluster')),
      name: bench.database,
    },
    credentials: cachedCredentials(bench.secretsManager, 'api'),
    timeouts: { connectMs: 1_000, statementMs: 2_500 },
    clock,
    random: () => 0.5,
  });
  databases.push(database);
  const telemetry = createTelemetry({
    stage: 'local',
    system: 'system-01',
    role: 'api',
    memoryMiB: 256,
    periodSeconds: 60,
    usedBytes: () => 64 * 1_048_576,
    clock: systemClock,
    random: () => 0.5,
    successSampleRate,
  });
  return createApiHandler({ database, telemetry }, routes);
}

function request(path: string, query: Record<string, string[]> = {}): APIGatewayProxyEvent {
  const single = Object.entries(query).map(([name, values]) => [name, values.at(-1)]);
  return {
    httpMethod: 'GET',
    resource: path,
    path,
    queryStringParameters: single.length > 0 ? Object.fromEntries(single) : null,
    multiValueQueryStringParameters: single.length > 0 ? query : null,
    requestContext: { requestId: 'request-1' },
  } as unknown as APIGatewayProxyEvent;
}

const never = new AbortController().signal;
const silent = { failed: () => {}, succeeded: () => {}, publish: () => {} };

/** A handler whose database has nobody, and what it was asked for. */
function emptyHanded() {
  const asked: unknown[] = [];
  const query = async (statement: string | { values: unknown[] }) => {
    if (typeof statement === 'object') asked.push(...statement.values);
    return { rows: [] };
  };
  const database: Database = { use: (work) => work({ query } as never, never), close: () => {} };
  return { asked, handler: createApiHandler({ database, telemetry: silent }, routes) };
}

const getClient = (...ids: string[]): APIGatewayProxyEvent =>
  request('/getClient', ids.length > 0 ? { client_id: ids } : {});

const problem = (response: APIGatewayProxyResult): Record<string, unknown> =>
  JSON.parse(response.body) as Record<string, unknown>;

describe('GET /getClient', () => {
  it('answers the client', async () => {
    const response = await (await api())(getClient('1'));

    expect(response.statusCode).toBe(200);
    expect(response.headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(JSON.parse(response.body)).toEqual({
      id: 1,
      nombre: 'Cliente',
      apellido: 'De Prueba',
      rut: '11111111-1',
      correo: 'cliente.de.prueba@example.com',
    });
  });

  it.each([
    ['no id', []],
    ['an empty id', ['']],
    ['two ids', ['1', '1']],
    ['two ids, the second empty', ['1', '']],
    ['text', ['Ana']],
    ['zero', ['0']],
    ['a minus sign', ['-1']],
    ['a plus sign', ['+1']],
    ['a blank for a plus sign', [' 1']],
    ['a blank at the end', ['1 ']],
    ['a line break at the end', ['1\n']],
    ['a fraction', ['1.5']],
    ['a fraction of nothing', ['1.0']],
    ['a decimal comma', ['1,5']],
    ['an exponent', ['1e3']],
    ['a hexadecimal number', ['0x1']],
    ['a number with separators', ['1_000']],
    ['a BigInt', ['1n']],
    ['a leading zero', ['01']],
    ['not a number', ['NaN']],
    ['infinity', ['Infinity']],
    ['a list', ['1,2']],
    ['a JSON document', ['{"client_id":1}']],
    ['more than a number holds exactly', ['9007199254740992']],
    ['more than a BIGINT holds', ['9223372036854775808']],
    ['twenty digits', ['9'.repeat(20)]],
    ['a hundred thousand digits', ['1'.repeat(100_000)]],
    ['digits of another script', ['١']],
    ['full-width digits', ['１']],
    ['a digit with a combining mark', ['1\u0301']],
    ['an escape that was encoded twice', ['%31']],
    ['an escape that ends too soon', ['1%']],
    ['bytes that were no UTF-8', ['1\ufffd']],
    ['half a surrogate pair', ['1\ud800']],
    ['NUL', ['1\0']],
    ['an SQL injection', ["1' OR '1'='1"]],
    ['an SQL injection without quotes', ['1 OR 1=1']],
    ['a second statement', ['1; DROP TABLE clientes']],
    ['an SQL comment', ['1--']],
    ['a parameter of the statement', ['$1']],
    ['a script', ['<script>alert(1)</script>']],
    ['a path', ['../../etc/passwd']],
    ['a header', ['1\r\nX-Injected: 1']],
  ])('refuses %s with 400', async (_what, ids) => {
    const before = proxy.counts.allowed;

    const response = await (await api())(getClient(...ids));

    expect(response.statusCode).toBe(400);
    expect(response.headers).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(problem(response)).toEqual({
      type: 'urn:headroom:problem:clientIdInvalid',
      title: 'Invalid client id',
      status: 400,
      detail: expect.stringContaining('client_id'),
      requestId: 'request-1',
    });
    for (const id of ids.filter((text) => text.length > 3)) expect(response.body).not.toContain(id);
    expect(proxy.counts.allowed).toBe(before);
  });

  it('asks the database for whole numbers from 1 to 2^53 - 1 alone, whatever the text', async () => {
    const { asked, handler } = emptyHanded();
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[-+0-9.eExX_, ]{1,20}$/),
      fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
      fc.double().map(String),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        asked.length = 0;
        const { statusCode } = await handler(getClient(text));
        const number = /^\d+$/.test(text) ? BigInt(text) : 0n;
        const expected =
          String(number) === text && number > 0n && number < 2n ** 53n ? [[Number(number)], 404] : [[], 400];
        expect([asked, statusCode]).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers any event with the answer of its route or a problem', async () => {
    const { asked, handler } = emptyHanded();
    const names = fc.constantFrom('client_id', '__proto__', 'constructor', 'toString', '');
    const values = fc.oneof(fc.constantFrom('1', '01', '', '__proto__', 'constructor'), fc.string());
    const absent = fc.constantFrom(null, undefined);
    const events = fc.record(
      {
        httpMethod: fc.constantFrom('GET', 'POST', '__proto__', ''),
        resource: fc.constantFrom('/getClient', '/healthcheck', '__proto__', 'constructor', '/', ''),
        queryStringParameters: fc.oneof(absent, fc.dictionary(names, values)),
        multiValueQueryStringParameters: fc.oneof(
          absent,
          fc.dictionary(names, fc.array(values, { maxLength: 3 })),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        asked.length = 0;
        const route = `${event.httpMethod} ${event.resource}`;
        const ids = event.multiValueQueryStringParameters?.['client_id'] ?? [
          event.queryStringParameters?.['client_id'],
        ];
        const wanted =
          route === 'GET /getClient' && ids.length === 1 && /^[1-9]\d{0,14}$/.test(ids[0] ?? '') ? ids : [];
        const refusal = route === 'GET /getClient' && wanted.length === 0 ? 400 : 404;
        const expected = route === 'GET /healthcheck' ? 200 : refusal;

        const answer = await handler({ ...event, requestContext: { requestId: 'request-1' } } as never);

        expect([answer.statusCode, asked]).toEqual([expected, wanted.map(Number)]);
        expect(problem(answer)).toMatchObject(
          expected === 200 ? { status: 'ok' } : { status: expected, requestId: 'request-1' },
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows a parameter by its exact name', async () => {
    for (const name of ['Client_Id', 'client_id ', 'client_id[]', 'clientId', '__proto__']) {
      const response = await (await api())(request('/getClient', { [name]: ['1'] }));

      expect([name, response.statusCode]).toEqual([name, 400]);
    }
  });

  it('answers 500 rather than one of two clients with the same id', async () => {
    await bench.query('admin', "INSERT INTO clientes SELECT id, 'Eva', apellido, rut, correo FROM clientes");
    try {
      const response = await (await api())(getClient('1'));

      expect(problem(response)).toMatchObject({ status: 500, type: 'urn:headroom:problem:clientAmbiguous' });
      expect(response.body).not.toMatch(/Eva|Cliente/);
    } finally {
      await bench.query('admin', "DELETE FROM clientes WHERE nombre = 'Eva'");
    }
  });

  it('answers 404 for an id that nobody has, and keeps the connection', async () => {
    const handler = await api();
    const before = proxy.counts.allowed;

    const response = await handler(getClient(String(Number.MAX_SAFE_INTEGER)));

    expect(response.statusCode).toBe(404);
    expect(problem(response)['type']).toBe('urn:headroom:problem:clientNotFound');
    expect((await handler(getClient('1'))).statusCode).toBe(200);
    expect(proxy.counts.allowed).toBe(before + 1);
  });

  it('answers 500 without a word of SQL when the database refuses the query', async () => {
    await bench.query('admin', 'ALTER TABLE clientes RENAME TO clientes_away');
    try {
      const response = await (await api())(getClient('1'));

      expect(response.statusCode).toBe(500);
      expect(problem(response)['type']).toBe('urn:headroom:problem:databaseFailed');
      expect(response.body).not.toMatch(/clientes|SELECT|SQLSTATE|relation|\.ts/);
      expect(output.logs()).toEqual([
        expect.objectContaining({ level: 'ERROR', errorCode: 'databaseFailed', cause: 'error 42P01' }),
      ]);
    } finally {
      await bench.query('admin', 'ALTER TABLE clientes_away RENAME TO clientes');
    }
  });

  it('answers 404 for what the API does not have', async () => {
    const response = await (await api())(request('/clients'));

    expect(problem(response)).toMatchObject({ status: 404, type: 'urn:headroom:problem:routeUnknown' });
  });
});

describe('while the database cannot be reached', () => {
  it('answers 503 within two seconds, then at once and without a connect, then recovers', async () => {
    const clock = new ManualClock();
    const handler = await api({ clock });
    ruleAuthorised = false;
    const denied = proxy.counts.denied;
    const startMs = performance.now();

    const first = await handler(getClient('1'));
    const firstMs = performance.now() - startMs;
    const second = await handler(request('/healthcheck'));
    const secondMs = performance.now() - startMs - firstMs;

    expect(first).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(firstMs).toBeLessThan(2_000);
    expect(problem(first)).toMatchObject({ type: 'urn:headroom:problem:databaseUnreachable', status: 503 });
    expect(second.statusCode).toBe(503);
    expect(secondMs).toBeLessThan(500);
    expect(proxy.counts.denied).toBe(denied + 1);

    ruleAuthorised = true;
    clock.advance(10_000);

    expect((await handler(getClient('1'))).statusCode).toBe(200);
    expect((await handler(request('/healthcheck'))).statusCode).toBe(200);
  });
});

describe('GET /healthcheck', () => {
  it('answers 200 when the database does', async () => {
    const response = await (await api())(request('/healthcheck'));

    expect(response).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
  });

  it('answers 503 after a second when the database is silent', async () => {
    const handler = await api();
    expect((await handler(request('/healthcheck'))).statusCode).toBe(200);
    const sessions = await bench.query(
      'admin',
      'SELECT pid FROM pg_stat_activity WHERE usename = $1 AND datname = $2',
      [bench.secrets.get('api')!.username, bench.database],
    );
    const signalAll = (name: NodeJS.Signals): void => {
      for (const { pid } of sessions) process.kill(Number(pid), name);
    };
    signalAll('SIGSTOP');
    const startMs = performance.now();
    try {
      const response = await handler(request('/healthcheck'));

      expect(problem(response)).toMatchObject({ status: 503, type: 'urn:headroom:problem:databaseSlow' });
      expect(performance.now() - startMs).toBeLessThan(2_000);
    } finally {
      signalAll('SIGCONT');
    }
  });
});

describe('logs and metrics', () => {
  it('tells its metrics in one EMF line, with System and Function as the only dimensions', async () => {
    const handler = await api();
    await handler(getClient('1'));

    const [line, ...more] = output.metrics();
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      System: 'local-system-01',
      Function: 'api',
      FunctionMemoryUtilization: 25,
      coldStart: 1,
      _aws: { CloudWatchMetrics: [{ Namespace: 'Headroom', Dimensions: [['System', 'Function']] }] },
    });
    expect(line).not.toHaveProperty('service');
  });

  it('writes no line of metrics for a request that has nothing to tell', async () => {
    const handler = await api();
    await handler(getClient('1'));
    output.clear();
    for (let asked = 0; asked < 20; asked += 1) await handler(getClient('1'));
    expect(output.metrics().length).toBeLessThanOrEqual(1);
    expect(output.metrics().filter((line) => 'coldStart' in line)).toEqual([]);
  });

  it('tells of an error that comes back with the request that meets it', async () => {
    const failing = createApiHandler(
      {
        database: { use: () => Promise.reject(new TypeError('a bug')), close: () => {} },
        telemetry: createTelemetry({
          stage: 'local',
          system: 'system-01',
          role: 'api',
          memoryMiB: 256,
          periodSeconds: 60,
          usedBytes: () => 1,
          clock: systemClock,
          random: () => 0.5,
        }),
      },
      routes,
    );
    await failing(getClient('1'));
    output.clear();
    await failing(getClient('1'));
    expect(output.metrics()).toEqual([expect.objectContaining({ RepeatedErrors: 1 })]);
  });

  it('logs every failure with its code and request, and nothing of the client', async () => {
    const handler = await api();
    await handler(getClient('12345678-5'));
    await handler(getClient('404404'));

    expect(output.logs()).toEqual([
      expect.objectContaining({
        level: 'WARN',
        errorCode: 'clientIdInvalid',
        requestId: 'request-1',
        stage: 'local',
        system: 'system-01',
      }),
      expect.objectContaining({ level: 'WARN', errorCode: 'clientNotFound', requestId: 'request-1' }),
    ]);
    expect(output.text()).not.toMatch(/12345678|404404/);
  });

  it('logs a sample of the successes, and nothing of the client', async () => {
    await (
      await api({ successSampleRate: 0.4 })
    )(getClient('1'));
    expect(output.logs()).toEqual([]);

    await (
      await api({ successSampleRate: 0.6 })
    )(getClient('1'));

    expect(output.logs()).toEqual([expect.objectContaining({ level: 'INFO', requestId: 'request-1' })]);
    expect(output.text()).not.toMatch(/11111111|Prueba|example\.com/);
  });

  it('tells of an error nobody foresaw where it happened, not what it said', async () => {
    const telemetry = createTelemetry({
      stage: 'local',
      system: 'system-01',
      role: 'api',
      memoryMiB: 256,
      periodSeconds: 60,
      usedBytes: () => 1,
      clock: systemClock,
      random: () => 0.5,
    });
    const database: Database = {
      use: () => Promise.reject(new TypeError('cannot read Ana')),
      close: () => {},
    };

    const response = await createApiHandler({ database, telemetry }, routes)(getClient('1'));

    expect(problem(response)).toMatchObject({ status: 500, type: 'urn:headroom:problem:internal' });
    expect(output.logs()).toEqual([
      expect.objectContaining({
        errorCode: 'internal',
        cause: 'TypeError',
        frames: expect.arrayContaining([expect.stringContaining('api.test.ts')]),
      }),
    ]);
    expect(output.text() + response.body).not.toContain('Ana');
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
      DATABASE_SECRET_ARN: 'api',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      METRICS_PERIOD_SECONDS: '60',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: bench.aws.url,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const { handler } = await import('./api.ts');

    expect((await handler(getClient('1'))).statusCode).toBe(200);
    const [line] = output.metrics();
    expect(line?.['FunctionMemoryUtilization']).toBeCloseTo(
      (process.memoryUsage.rss() / (512 * 1_048_576)) * 100,
      -2,
    );
  });

  it('refuses to start without it, naming what is missing', async () => {
    vi.stubEnv('HEADROOM_STAGE', 'local');

    await expect(import('./api.ts')).rejects.toThrow('DATABASE_SECRET_ARN: missing');
  });
});
