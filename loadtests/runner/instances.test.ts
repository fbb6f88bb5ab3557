import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isRunning } from '../../core/process/processes.ts';
import { runFileSchema } from '../../records/run.ts';
import { runInstances } from './instances.ts';
import type { LoadOptions } from './load.ts';
import { seedAll, startFakeApi, type FakeApi } from './testing/fakeApi.ts';
import { installFakeK6 } from './testing/fakeK6.ts';
import { loadOptions } from './testing/loadOptions.ts';
import { systemAt } from './testing/systems.ts';

let directory: string;
let api: FakeApi;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-instances-'));
  api = await startFakeApi();
  seedAll(api);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await api.close();
  await rm(directory, { recursive: true, force: true });
});

const options = (more: Partial<LoadOptions> = {}): LoadOptions => {
  const systems = [systemAt('system-01', api.url, 20)];
  return loadOptions({ profile: 'peak', systems, runDirectory: join(directory, 'run') }, more);
};

test('three processes, started at one instant, are one run', async () => {
  const run = await runInstances(options(), 3);
  expect(run).toMatchObject({
    runId: 'run',
    complete: true,
    reason: null,
    instances: { count: 3, missing: [], startSkewMs: 0 },
  });
  expect(api.requests()).toBe(50);
  expect(run.thresholds.filter(({ ok }) => !ok)).toEqual([]);
  expect(await readdir(join(directory, 'run'))).toEqual(['run.json']);
  const stored = await readFile(join(directory, 'run', 'run.json'), 'utf8');
  expect(runFileSchema.parse(JSON.parse(stored))).toEqual(run);
}, 30_000);

/** Waits until some requests have come, so that the load is under way. */
const underWay = async (): Promise<void> => {
  await expect.poll(() => api.requests(), { timeout: 20_000 }).toBeGreaterThan(2);
};

test('one that is killed stops the others, and the run is not complete', async () => {
  const lines: string[] = [];
  const running = runInstances(options({ holdSeconds: 60, onProgress: (line) => lines.push(line) }), 3);
  await underWay();
  const second = await childNumber(2);
  process.kill(second, 'SIGKILL');
  const run = await running;
  expect(run.complete).toBe(false);
  expect(run.instances).toMatchObject({ count: 3, missing: ['1/3:2/3'] });
  expect(run.reason).toContain('of 3 instances 1/3:2/3 left no part');
  expect(run.reason).toContain('instance 2 of 3 (1/3:2/3) ended: SIGKILL');
  expect(lines).toContain('instance 2 of 3 (1/3:2/3) ended: SIGKILL: the others are stopped');
}, 30_000);

test('an interrupt stops all of them together, and what they measured is kept', async () => {
  const stopping = new AbortController();
  const running = runInstances(options({ holdSeconds: 60, signal: stopping.signal }), 2);
  await underWay();
  stopping.abort(new Error('interrupted'));
  const run = await running;
  expect(run).toMatchObject({
    complete: false,
    reason: 'instance 0:1/2: interrupted; instance 1/2:1: interrupted',
    instances: { count: 2, missing: [] },
  });
  const answered = run.systems.flatMap(({ series }) =>
    series.flatMap(({ statuses }) => Object.values(statuses)),
  );
  expect(answered.reduce((sum, count) => sum + count, 0)).toBe(api.requests());
}, 30_000);

test('so are three of k6, each with its segment', async () => {
  await installFakeK6(directory, 'long');
  vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter));
  const lines: string[] = [];
  const onProgress = (line: string): void => void lines.push(line);
  const run = await runInstances(options({ engine: 'k6', holdSeconds: 24, onProgress }), 3);
  expect(run).toMatchObject({
    engine: { name: 'k6' },
    complete: true,
    reason: null,
    instances: { count: 3, missing: [] },
  });
  const intended = run.systems.flatMap(({ series }) => series.map((second) => second.intended));
  // Each of the three has dropped one.
  expect(intended.reduce((sum, count) => sum + count, 0)).toBe(3 * 241);
  const called = (await readFile(join(directory, 'arguments'), 'utf8')).trim().split('\n');
  expect(
    called
      .map((line) => /--execution-segment (\S+)/.exec(line)?.[1] ?? '')
      .toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(['0:1/3', '1/3:2/3', '2/3:1']);
  expect(called.every((line) => line.includes('--execution-segment-sequence 0,1/3,2/3,1'))).toBe(true);
}, 30_000);

test('one of k6 that is killed stops the others, whose k6 end with them', async () => {
  await installFakeK6(directory, 'slow');
  vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter));
  const begun = Promise.withResolvers<void>();
  const lines: string[] = [];
  const onProgress = (line: string): void => {
    lines.push(line);
    if (line.endsWith(': running')) begun.resolve();
  };
  const running = runInstances(options({ engine: 'k6', holdSeconds: 600, onProgress }), 3);
  await begun.promise;
  process.kill(await childNumber(2), 'SIGKILL');
  const run = await running;
  expect(run).toMatchObject({ complete: false, instances: { count: 3, missing: ['1/3:2/3'] } });
  expect(run.reason).toContain('instance 2 of 3 (1/3:2/3) ended: SIGKILL');
  const [first] = lines.flatMap((line) => /: process (\d+)$/.exec(line)?.[1] ?? []);
  expect(isRunning(Number(first))).toBe(false);
}, 30_000);

/** The process id of the `n`th instance that this process has started. */
async function childNumber(n: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const instances = stdout.split('\n').flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === process.pid && args.some((arg) => arg.endsWith('/instance.ts'))
      ? [Number(pid)]
      : [];
  });
  return instances.toSorted((a, b) => a - b)[n - 1] ?? Number.NaN;
}
