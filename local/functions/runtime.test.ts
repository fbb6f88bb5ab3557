import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import type { MetricSample } from '../sampler/metricSample.ts';
import { recordingSink } from '../sampler/testing/recordingSink.ts';
import { FunctionRuntime } from './runtime.ts';

const code = `
import { Console } from 'node:console';
const loggerConsole = new Console({ stdout: process.stdout, stderr: process.stderr });
const ownMetric = JSON.stringify({
  _aws: { Timestamp: 1700000000000, CloudWatchMetrics: [{ Namespace: 'Headroom', Dimensions: [['System']], Metrics: [{ Name: 'Own', Unit: 'Count' }] }] },
  System: 'system-01', Own: 7,
});
let invocations = 0;
export async function handler(event, context) {
  invocations += 1;
  switch (event.do) {
    case 'wait': await new Promise((resolve) => setTimeout(resolve, event.ms)); return { waited: event.ms };
    case 'throw': throw new TypeError('no such client');
    case 'loop': console.log('before the loop'); await new Promise(setImmediate); for (;;);
    case 'exhaust': { const held = []; for (;;) held.push(new Array(10_000).fill(Math.random())); }
    case 'hold': { const held = []; while (held.length < event.mib) held.push(new Array(2 ** 17).fill(0.5)); return held.length; }
    case 'exit': process.exit(3);
    case 'crashIdle': setTimeout(() => { throw new Error('nobody listened'); }, 1); return null;
    case 'nothing': return undefined;
    case 'logLevels':
      console.debug('below the level');
      console.log({ clients: 2 });
      console.warn('%s of %d', 'two', 3);
      console.error(new RangeError('too many'));
      return null;
    case 'logPlain':
      console.log('first');
      process.stdout.write('{"level":"DEBUG"}\\n');
      process.stdout.write(ownMetric + '\\n');
      return null;
    case 'log':
      console.log('through the console');
      loggerConsole.error('through a console of its own');
      process.stdout.write(ownMetric + '\\n');
      process.stdout.write(JSON.stringify({ _aws: { CloudWatchMetrics: 'wrong' } }) + '\\n');
      return null;
    default:
      return {
        event, invocations, remainingMs: context.getRemainingTimeInMillis(), requestId: context.awsRequestId,
        functionName: context.functionName, variables: process.env, rssMiB: process.memoryUsage().rss / 2 ** 20,
        rssFunctionMiB: process.memoryUsage.rss() / 2 ** 20,
      };
  }
}
`;

describe('FunctionRuntime', () => {
  let directory: string;
  let runtime: FunctionRuntime;
  const samples: MetricSample[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headroom-functions-'));
    await writeFile(join(directory, 'api.mjs'), code);
    await writeFile(join(directory, 'broken.mjs'), 'throw new RangeError("cannot start");');
    await writeFile(
      join(directory, 'slow.mjs'),
      'await new Promise((resolve) => setTimeout(resolve, 800)); export const handler = async () => null;',
    );
    await writeFile(join(directory, 'hanging.mjs'), 'await new Promise(() => setInterval(() => {}, 1_000));');
    runtime = new FunctionRuntime({
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      endpointUrl: 'http://127.0.0.1:1',
      clock: systemClock,
      metrics: recordingSink(samples),
      logDirectory: join(directory, 'logs'),
    });
  });

  afterAll(async () => {
    await runtime.close();
    await rm(directory, { recursive: true });
  });

  let count = 0;
  const add = (overrides: Partial<Parameters<FunctionRuntime['add']>[0]> = {}): string => {
    const name = `function-${(count += 1)}`;
    runtime.add({
      name,
      codeDirectory: directory,
      handler: 'api.handler',
      timeoutMs: 5_000,
      memoryMiB: 128,
      environment: {},
      ...overrides,
    });
    return name;
  };
  const valuesOf = (name: string, metric: string): number[] =>
    samples
      .filter((sample) => sample.name === metric && sample.dimensions['FunctionName'] === name)
      .flatMap((sample) => sample.values);

  it('invokes a function with the event, the context and the variables Lambda gives it', async () => {
    const name = add({ environment: { HEADROOM_SYSTEM: 'system-01' } });
    const outcome = await runtime.invoke(name, { hola: 'ñ' });

    expect(outcome).toMatchObject({
      ok: true,
      payload: {
        event: { hola: 'ñ' },
        requestId: outcome.requestId,
        functionName: name,
        variables: {
          HEADROOM_SYSTEM: 'system-01',
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
          AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
          _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};/),
        },
      },
    });
    const { payload } = outcome as { payload: { remainingMs: number; variables: object } };
    expect(payload.remainingMs).toBeGreaterThan(4_000);
    expect(payload.remainingMs).toBeLessThanOrEqual(5_000);
    expect(payload.variables).not.toHaveProperty('PATH');
  });

  it('traces each invocation by an id of its own, also in the same environment', async () => {
    const name = add();
    const traceId = async (): Promise<unknown> => {
      const { payload } = (await runtime.invoke(name, {})) as { payload: { variables: NodeJS.ProcessEnv } };
      return payload.variables['_X_AMZN_TRACE_ID'];
    };
    expect(await traceId()).not.toBe(await traceId());
    expect(runtime.environments(name)).toBe(1);
  });

  it('reports the memory of the environment, not of the process that holds all of them', async () => {
    const { payload } = (await runtime.invoke(add(), {})) as {
      payload: { rssMiB: number; rssFunctionMiB: number };
    };
    expect(payload.rssMiB).toBeGreaterThan(40);
    expect(payload.rssMiB).toBeLessThan(80);
    expect(payload.rssFunctionMiB).toBeLessThan(80);
  });

  it('uses an idle environment again, and starts another only for an invocation at the same time', async () => {
    const name = add();
    await runtime.invoke(name, {});
    expect(await runtime.invoke(name, {})).toMatchObject({ payload: { invocations: 2 } });
    expect(runtime.environments(name)).toBe(1);

    await Promise.all([runtime.invoke(name, { do: 'wait', ms: 50 }), runtime.invoke(name, {})]);
    expect(runtime.environments(name)).toBe(2);
    expect(runtime.takePeakConcurrency().get(name)).toBe(2);
    expect(runtime.takePeakConcurrency().has(name)).toBe(false);
  });

  it('counts what runs on from one look at the concurrency to the next', async () => {
    const name = add();
    const running = runtime.invoke(name, { do: 'wait', ms: 20 });
    expect(runtime.takePeakConcurrency().get(name)).toBe(1);
    await running;
    expect(runtime.takePeakConcurrency().get(name)).toBe(1);
    expect(runtime.takePeakConcurrency().has(name)).toBe(false);
  });

  it('starts no environment that nobody waits for any more', async () => {
    const name = add();
    // More than start at once: the first that are ready serve those whose start has not begun.
    const invocations = availableParallelism() + 4;
    await Promise.all(Array.from({ length: invocations }, () => runtime.invoke(name, {})));
    // Starts are made in the order in which they were asked for: this one comes after all of the above.
    await runtime.invoke(add(), {});
    expect(runtime.environments(name)).toBeLessThan(invocations);
  });

  it('counts the time to load the code neither as duration nor towards the timeout', async () => {
    const name = add({ handler: 'slow.handler', timeoutMs: 600 });
    expect(await runtime.invoke(name, {})).toMatchObject({ ok: true });
    expect(valuesOf(name, 'Duration')[0]).toBeLessThan(600);
  });

  it('gives up on code that is not loaded after ten seconds, and starts others then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const name = add({ handler: 'hanging.handler' });
      const atOnce = Math.max(1, availableParallelism() - 1);
      const hanging = Array.from({ length: atOnce }, () => runtime.invoke(name, {}));
      const next = runtime.invoke(add(), {});
      vi.advanceTimersByTime(9_999);
      expect(runtime.environments(name)).toBe(atOnce);
      vi.advanceTimersByTime(1);
      for (const outcome of await Promise.all(hanging)) {
        expect(outcome).toMatchObject({
          kind: 'timeout',
          error: { errorMessage: 'Init timed out after 10.00 seconds' },
        });
      }
      expect(runtime.environments(name)).toBe(0);
      expect(await next).toMatchObject({ ok: true });
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets functions without a reservation share what reservations leave of the account', async () => {
    const account = new FunctionRuntime({
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      endpointUrl: 'http://127.0.0.1:1',
      clock: systemClock,
      accountConcurrency: 2,
      metrics: recordingSink([]),
    });
    const common = {
      codeDirectory: directory,
      handler: 'api.handler',
      timeoutMs: 5_000,
      memoryMiB: 256,
      environment: {},
    };
    account.add({ ...common, name: 'reserved', reservedConcurrency: 1 });
    account.add({ ...common, name: 'one' });
    account.add({ ...common, name: 'other' });
    const outcomes = await Promise.all([
      account.invoke('one', { do: 'wait', ms: 20 }),
      account.invoke('other', {}),
      account.invoke('reserved', {}),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ran' : outcome.kind))).toEqual([
      'ran',
      'throttled',
      'ran',
    ]);
    expect(await account.invoke('other', {})).toMatchObject({ ok: true });
    await account.close();
  });

  it('throttles what is above the reserved concurrency', async () => {
    const name = add({ reservedConcurrency: 1 });
    const [first, second] = await Promise.all([
      runtime.invoke(name, { do: 'wait', ms: 20 }),
      runtime.invoke(name, {}),
    ]);

    expect(first.ok).toBe(true);
    expect(second).toMatchObject({
      ok: false,
      kind: 'throttled',
      error: { errorType: 'TooManyRequestsException' },
    });
    expect(runtime.environments(name)).toBe(1);
    expect(valuesOf(name, 'Throttles')).toEqual([1, 0]);
    expect(valuesOf(name, 'Invocations')).toEqual([1]);
    expect(runtime.logs.tail(name)).toEqual([]);
  });

  it('returns the error a handler throws, and keeps its environment', async () => {
    const name = add();
    expect(await runtime.invoke(name, { do: 'throw' })).toMatchObject({
      ok: false,
      kind: 'handler',
      error: { errorType: 'TypeError', errorMessage: 'no such client' },
    });
    expect(await runtime.invoke(name, {})).toMatchObject({ payload: { invocations: 2 } });
    expect(valuesOf(name, 'Errors')).toEqual([1, 0]);
    expect(runtime.logs.tail(name)[0]?.message).toContain('no such client');
  });

  it('ends an endless loop at the timeout, keeps what it had logged, and starts afresh', async () => {
    const name = add({ timeoutMs: 300, reservedConcurrency: 1 });
    const outcome = await runtime.invoke(name, { do: 'loop' });

    expect(outcome).toMatchObject({
      ok: false,
      kind: 'timeout',
      error: { errorMessage: expect.stringContaining('Task timed out after 0.30 seconds') },
    });
    expect(runtime.logs.tail(name)[0]?.message).toBe('before the loop');
    expect(await runtime.invoke(name, {})).toMatchObject({ payload: { invocations: 1 } });
    expect(valuesOf(name, 'Duration')[0]).toBeGreaterThanOrEqual(290);
    // The one that was ended counts no longer, and not twice either.
    const [, second] = await Promise.all([
      runtime.invoke(name, { do: 'wait', ms: 20 }),
      runtime.invoke(name, {}),
    ]);
    expect(second).toMatchObject({ kind: 'throttled' });
  });

  it('times each invocation for itself, however long its environment lives', async () => {
    const name = add({ timeoutMs: 1_000 });
    for (const invocations of [1, 3]) {
      expect(await runtime.invoke(name, {})).toMatchObject({ payload: { invocations } });
      expect(await runtime.invoke(name, { do: 'wait', ms: 600 })).toMatchObject({ ok: true });
    }
  });

  it('ends an environment that exhausts its memory', async () => {
    expect(await runtime.invoke(add(), { do: 'exhaust' })).toMatchObject({
      ok: false,
      kind: 'crashed',
      error: { errorType: 'Runtime.OutOfMemory' },
    });
  });

  it('gives a function the memory that it asks for, and no more', async () => {
    const outcomes = await Promise.all(
      [128, 512].map((memoryMiB) => runtime.invoke(add({ memoryMiB }), { do: 'hold', mib: 150 })),
    );
    expect(outcomes).toMatchObject([
      { ok: false, error: { errorType: 'Runtime.OutOfMemory', errorMessage: 'Memory of 128 MiB exhausted' } },
      { ok: true, payload: 150 },
    ]);
  });

  it('survives a function that exits, or fails while idle', async () => {
    const name = add();
    expect(await runtime.invoke(name, { do: 'exit' })).toMatchObject({
      kind: 'crashed',
      error: { errorType: 'Runtime.ExitError' },
    });

    await runtime.invoke(name, { do: 'crashIdle' });
    await vi.waitFor(() => expect(runtime.environments(name)).toBe(0));
    expect(runtime.logs.tail(name).at(-1)?.message).toContain('nobody listened');
    expect(await runtime.invoke(name, {})).toMatchObject({ ok: true });
  });

  it('serves those who wait while the environments of others are lost', async () => {
    const name = add({ timeoutMs: 1_000 });
    const events = [{ do: 'exit' }, { do: 'loop' }, {}, { do: 'exit' }, {}, {}];
    const outcomes = await Promise.all(events.map((event) => runtime.invoke(name, event)));
    expect(outcomes.map((outcome) => (outcome.ok ? 'served' : outcome.kind))).toEqual([
      'crashed',
      'timeout',
      'served',
      'crashed',
      'served',
      'served',
    ]);
  });

  it.each([
    ['broken.handler', 'cannot start'],
    ['absent.handler', "Cannot find module 'absent'"],
    ['api.missing', 'api.missing is undefined'],
  ])('says why %s cannot be loaded, to each caller', async (handler, message) => {
    const name = add({ handler });
    for (const outcome of await Promise.all([runtime.invoke(name, {}), runtime.invoke(name, {})])) {
      expect(outcome).toMatchObject({ ok: false, kind: 'handler' });
      expect(outcome).toHaveProperty('error.errorMessage', expect.stringContaining(message));
    }
    expect(runtime.environments(name)).toBe(0);
  });

  it('logs as JSON where it is told to: the console by level, failures with their report, metrics untouched', async () => {
    const name = add({ logFormat: 'JSON', applicationLogLevel: 'INFO', timeoutMs: 300 });
    const linesOf = async (event: object): Promise<unknown[]> => {
      const before = runtime.logs.tail(name).length;
      const { requestId } = await runtime.invoke(name, event);
      return runtime.logs
        .tail(name)
        .slice(before)
        .map(({ message }) => JSON.parse(message.replaceAll(requestId, 'this')) as unknown);
    };
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const own = samples.filter((sample) => sample.name === 'Own').length;

    expect(await linesOf({ do: 'logLevels' })).toEqual([
      { timestamp, level: 'INFO', requestId: 'this', message: { clients: 2 } },
      { timestamp, level: 'WARN', requestId: 'this', message: 'two of 3' },
      {
        timestamp,
        level: 'ERROR',
        requestId: 'this',
        message: {
          errorType: 'RangeError',
          errorMessage: 'too many',
          stackTrace: expect.arrayContaining([expect.stringContaining('api.mjs')]),
        },
      },
    ]);
    const [, direct, metrics] = await linesOf({ do: 'logPlain' });
    expect([direct, metrics]).toEqual([{ level: 'DEBUG' }, expect.objectContaining({ Own: 7 })]);
    expect(samples.filter((sample) => sample.name === 'Own')).toHaveLength(own + 1);

    const report = (status: string, errorType: string) => ({
      time: timestamp,
      type: 'platform.report',
      record: {
        requestId: 'this',
        status,
        errorType,
        metrics: {
          durationMs: expect.any(Number),
          billedDurationMs: expect.any(Number),
          memorySizeMB: 128,
        },
      },
    });
    expect(await linesOf({ do: 'throw' })).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: expect.objectContaining({ errorType: 'TypeError', errorMessage: 'no such client' }),
      }),
      report('error', 'TypeError'),
    ]);
    expect(await linesOf({ do: 'exit' })).toEqual([report('error', 'Runtime.ExitError')]);
    expect(await linesOf({ do: 'wait', ms: 5_000 })).toEqual([report('timeout', 'Sandbox.Timedout')]);
  });

  it('turns EMF lines into metrics and keeps the others as logs, in memory and in a file', async () => {
    const name = add();
    await runtime.invoke(name, { do: 'log' });

    expect(samples.find((sample) => sample.name === 'Own')).toMatchObject({
      namespace: 'Headroom',
      dimensions: { System: 'system-01' },
      values: [7],
    });
    const messages = runtime.logs.tail(name).map((line) => line.message);
    expect(messages.slice(0, 2)).toEqual(['through the console', 'through a console of its own']);
    expect(messages[2]).toContain('"Own":7');
    expect(messages[4]).toContain('not valid EMF');
    await vi.waitFor(async () =>
      expect(await readFile(join(directory, 'logs', `${name}.log`), 'utf8')).toContain('through the console'),
    );
  });

  it('gives null for nothing, as JSON does', async () => {
    expect(await runtime.invoke(add(), { do: 'nothing' })).toMatchObject({ ok: true, payload: null });
  });

  it('drops idle environments after their time', async () => {
    const own = new FunctionRuntime({
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      endpointUrl: 'http://127.0.0.1:1',
      clock: systemClock,
      metrics: recordingSink([]),
      maxIdleMs: 40,
    });
    own.add({
      name: 'short',
      codeDirectory: directory,
      handler: 'api.handler',
      timeoutMs: 1_000,
      memoryMiB: 128,
      environment: {},
    });
    await own.invoke('short', {});
    expect(own.environments('short')).toBe(1);
    await vi.waitFor(() => expect(own.environments('short')).toBe(0));
    await own.close();
  });

  it('invokes the environment that was used last, so that others grow old and are dropped', async () => {
    const own = new FunctionRuntime({
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      endpointUrl: 'http://127.0.0.1:1',
      clock: systemClock,
      metrics: recordingSink([]),
      maxIdleMs: 500,
    });
    own.add({
      name: 'two',
      codeDirectory: directory,
      handler: 'api.handler',
      timeoutMs: 5_000,
      memoryMiB: 128,
      environment: {},
    });
    // On a busy machine one may start for longer than the other stays.
    while (own.environments('two') < 2) {
      await Promise.all([
        own.invoke('two', { do: 'wait', ms: 800 }),
        own.invoke('two', { do: 'wait', ms: 800 }),
      ]);
    }
    const counts: number[] = [];
    while (own.environments('two') > 1) {
      const outcome = await own.invoke('two', {});
      if (!outcome.ok) throw new Error(outcome.error.errorMessage);
      counts.push((outcome.payload as { invocations: number }).invocations);
    }
    expect(counts).toEqual(counts.map((_, index) => (counts[0] ?? 0) + index));
    await own.close();
  });

  it('tells who is still waiting when the stage stops, and invokes nothing after', async () => {
    const published: MetricSample[] = [];
    const own = new FunctionRuntime({
      region: 'us-east-1',
      accountId: '000000000000',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      endpointUrl: 'http://127.0.0.1:1',
      clock: systemClock,
      metrics: recordingSink(published),
    });
    own.add({
      name: 'long',
      codeDirectory: directory,
      handler: 'api.handler',
      timeoutMs: 60_000,
      memoryMiB: 128,
      environment: {},
    });
    const waiting = own.invoke('long', { do: 'wait', ms: 60_000 });
    await own.close();
    expect(await waiting).toMatchObject({ ok: false, kind: 'stopped' });
    expect(published).toEqual([]);
    expect(own.logs.tail('long')).toEqual([]);
    expect(await own.invoke('long', {})).toMatchObject({ ok: false, kind: 'stopped' });
    await expect(own.invoke('unknown', {})).rejects.toThrow('expected one of long');
  });
});
