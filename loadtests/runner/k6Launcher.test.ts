import { SNSClient } from '@aws-sdk/client-sns';
import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ended, isRunning } from '../../core/process/processes.ts';
import { K6Error } from '../errors.ts';
import { runLoad, type LoadOptions, type RequestSample } from './load.ts';
import { installFakeK6 } from './testing/fakeK6.ts';
import { seedAll, startFakeApi } from './testing/fakeApi.ts';
import { loadOptions } from './testing/loadOptions.ts';
import { systemAt } from './testing/systems.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-k6-'));
  vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const options = (more: Partial<LoadOptions> = {}): LoadOptions => {
  const systems = [systemAt('system-01', 'http://127.0.0.1:1/prod', 10)];
  const what = { profile: 'peak', systems, runDirectory: join(directory, 'run-1') };
  return loadOptions(what, { engine: 'auto', holdSeconds: 1, ...more });
};

test('a k6 on PATH is used, and its points become the same record', async () => {
  await installFakeK6(directory, 'ok');
  const samples: RequestSample[] = [];
  const lines: string[] = [];
  const startedMs = Date.now();
  const run = await runLoad(
    options({ onSample: (sample) => samples.push(sample), onProgress: (line) => lines.push(line) }),
  );
  expect(run).toMatchObject({ engine: { name: 'k6', version: '2.2.0' }, complete: true, reason: null });
  expect(run.thresholds.every(({ ok }) => ok)).toBe(true);
  expect(run.generator).toMatchObject({ lateIterations: null, droppedIterations: 1 });
  expect(samples).toHaveLength(20);
  expect(samples[0]).toMatchObject({ system: 'system-01', name: 'getItem', status: 200, latencyMs: 7.5 });
  // The start is what the first iteration's place in the schedule says it was.
  expect(Date.parse(run.windows.run.start) - startedMs).toBeGreaterThanOrEqual(0);
  expect((samples[0]?.startMs ?? 0) - Date.parse(run.windows.run.start)).toBeCloseTo(447.7, 0);
  expect(run.checks).toEqual([
    { name: 'status is 200', passes: 20, fails: 0 },
    { name: 'body is the one asked for', passes: 20, fails: 0 },
  ]);
  expect(lines).toContain('     execution: local');
  expect(await readdir(join(directory, 'run-1'))).toEqual(['run.json']);
});

test('how far it has come is told every five seconds once its start is known, as of the embedded engine', async () => {
  await installFakeK6(directory, 'long');
  const lines: string[] = [];
  await runLoad(options({ holdSeconds: 24, onProgress: (line) => lines.push(line) }));
  // Of what began up to then: k6 tells an iteration once it has ended.
  expect(lines.filter((line) => line.includes(' requests, '))).toEqual([
    '13 s: 121 requests, 0 failed, 0 messages, 0 dropped',
    '18 s: 171 requests, 0 failed, 0 messages, 0 dropped',
    '23 s: 221 requests, 0 failed, 0 messages, 0 dropped',
  ]);
});

test('messages that k6 published are in the record with their ids, and so is what left no word', async () => {
  await installFakeK6(directory, 'ok');
  const api = await startFakeApi();
  seedAll(api);
  const { systems } = await runLoad(
    options({
      systems: [systemAt('system-01', api.url, 10)],
      sns: new SNSClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1' }),
      firstMessageId: 3_000_000_000,
    }),
  );
  await api.close();
  expect(systems[0]?.messages).toMatchObject({
    batchSize: 2,
    hold: { acknowledged: 2, failed: 2, unresolved: 0, dropped: 0 },
    acknowledgedIds: [
      { first: 3_000_000_000, last: 3_000_000_000 },
      { first: 3_000_000_004, last: 3_000_000_004 },
    ],
    unresolvedIds: [{ first: 3_000_000_002, last: 3_000_000_003 }],
    series: [{ second: 1, intended: 4, acknowledged: 2, failed: 2 }],
  });
});

test('exit code 99 is a result: the failed thresholds are in the record', async () => {
  await installFakeK6(directory, 'thresholds');
  const run = await runLoad(options({ engine: 'k6' }));
  expect(run.complete).toBe(true);
  expect(run.thresholds.filter(({ ok }) => !ok).map(({ metric, value }) => [metric, value])).toEqual([
    ['checks{system:system-01,load:requests,phase:hold}', 0.25],
    ['http_req_failed{system:system-01,load:requests,phase:hold}', 0.5],
  ]);
  expect(Object.entries(run.systems[0]?.series[1]?.statuses ?? {})).toEqual([
    ['200', 5],
    ['503', 5],
  ]);
});

test.each([
  [
    'before its time is a threshold that aborts',
    10,
    { metric: 'checks{system:system-01,load:requests,phase:climb}', expression: 'rate>0.99' },
  ],
  ['at the end of its time is a result', 4, undefined],
])('exit code 99 %s', async (_, rampSeconds, abortedBy) => {
  await installFakeK6(directory, 'aborted');
  const run = await runLoad(options({ profile: 'breakpoint', rampSeconds }));
  expect(run.abortedBy).toEqual(abortedBy);
  expect(run.complete).toBe(abortedBy === undefined);
  expect(run.thresholds.some(({ ok }) => !ok)).toBe(true);
});

test('iterations that threw are counted from its log, and make the run of a profile no whole one', async () => {
  await installFakeK6(directory, 'throws');
  const lines: string[] = [];
  const run = await runLoad(options({ onProgress: (line) => lines.push(line) }));
  expect(run.complete).toBe(false);
  expect(run.reason).toBe('4 iterations threw, the first: TypeError: no answer');
  expect(lines.filter((line) => line.includes('threw'))).toEqual([
    'system-01: an iteration threw: TypeError: no answer',
    'system-01: an iteration threw: gone',
    'system-01: an iteration threw: error unmarshaling setup data for the iteration from JSON: unexpected end',
  ]);
  expect(lines).toContain('Error while allocating unplanned VU');
  expect(lines).toContain('Uncaught (in promise) is what a script may print');
});

test('of a k6 whose log is not understood, the run of a profile is no whole one', async () => {
  await installFakeK6(directory, 'unread');
  const run = await runLoad(options());
  expect(run.complete).toBe(false);
  expect(run.reason).toBe(
    'how many iterations threw is not known: the log of this k6 told of 0 of 3 iterations that threw in a trial',
  );
});

test("any other exit code is an error with k6's own words", async () => {
  await installFakeK6(directory, 'broken');
  const run = runLoad(options());
  await expect(run).rejects.toThrow(K6Error);
  await expect(run).rejects.toMatchObject({
    exitCode: 107,
    message: expect.stringContaining('nonsense is not defined'),
  });
});

test('a stop is passed on to k6, which ends by itself, and what it wrote is kept', async () => {
  await installFakeK6(directory, 'slow');
  const stop = new AbortController();
  const onProgress = (line: string): void => {
    if (line === 'running') setTimeout(() => stop.abort(new Error('the drill is over')), 300);
  };
  const run = await runLoad(options({ holdSeconds: 600, signal: stop.signal, onProgress }));
  expect(run).toMatchObject({ complete: false, reason: 'the drill is over' });
  const requests = run.systems[0]?.series.reduce((sum, { intended }) => sum + intended, 0);
  expect(requests).toBeGreaterThan(3);
});

test('its points are read while it writes them, and stand on no disk', async () => {
  await installFakeK6(directory, 'slow');
  const stop = new AbortController();
  const seen: boolean[] = [];
  const run = await runLoad(
    options({
      holdSeconds: 600,
      signal: stop.signal,
      onSample: () => {
        if (seen.length < 5) seen.push(statSync(join(directory, 'run-1', 'points.json')).isFIFO());
        else stop.abort(new Error('enough was seen'));
      },
    }),
  );
  expect(run.reason).toBe('enough was seen');
  expect(seen).toEqual([true, true, true, true, true]);
});

test('k6 is ended by whoever watches the run, once they know enough, and its run is whole', async () => {
  await installFakeK6(directory, 'slow');
  const begun = Promise.withResolvers<void>();
  const seen: boolean[] = [];
  const run = await runLoad(
    options({
      profile: 'breakpoint',
      rampSeconds: 600,
      onProgress: (line) => {
        if (line === 'running') setTimeout(begun.resolve, 300);
      },
      watch: async (_, over) => {
        await begun.promise;
        seen.push(over.aborted);
        return 'databaseCpu of system-01 has crossed its limit';
      },
    }),
  );
  expect(seen).toEqual([false]);
  expect(run).toMatchObject({
    complete: true,
    reason: null,
    endedEarly: 'databaseCpu of system-01 has crossed its limit',
  });
  expect(Date.parse(run.windows.hold.end)).toBe(Date.parse(run.windows.run.end));
});

test('k6 ends with its parent, also when that is killed', async () => {
  await installFakeK6(directory, 'slow');
  const parent = fork(fileURLToPath(new URL('./testing/orphan.ts', import.meta.url)), [
    join(directory, 'run-1'),
  ]);
  const k6Pid = await new Promise<number>((resolve) => {
    parent.on('message', (line: string) => {
      const pid = /^process (\d+)$/.exec(line)?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
  });
  expect(isRunning(k6Pid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await ended(k6Pid, 10_000)).toBe(true);
});

test('no k6, no pipe to follow it by, or a k6 too old for TypeScript is said before anything runs', async () => {
  const withSystems = process.env['PATH'] ?? '';
  vi.stubEnv('PATH', directory);
  await expect(runLoad(options({ engine: 'k6' }))).rejects.toThrow(
    'not found on PATH: install it, or use --engine embedded',
  );
  await installFakeK6(directory, 'ok', 'v0.56.0');
  await expect(runLoad(options())).rejects.toThrow('there is no mkfifo on PATH');
  vi.stubEnv('PATH', withSystems);
  await expect(runLoad(options())).rejects.toThrow('0.56.0 is too old');
});
