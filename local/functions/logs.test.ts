import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FunctionLogs } from './logs.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-logs-'));
});
afterEach(() => rm(directory, { recursive: true }));

const seconds = (lines: readonly { timestampMs: number }[]) =>
  lines.map(({ timestampMs }) => timestampMs / 1_000);

it('reads a stretch of time, its end excluded', async () => {
  const logs = new FunctionLogs();
  for (let second = 0; second < 5; second += 1) logs.append('api', second * 1_000, [`line ${second}`]);
  expect(seconds(await logs.read('api', { startMs: 1_000, endMs: 3_000 }))).toEqual([1, 2]);
  expect(await logs.read('none', { startMs: 0, endMs: 1e12 })).toEqual([]);
});

it('finds in the file what memory has forgotten', async () => {
  const logs = new FunctionLogs(directory);
  for (let second = 0; second < 2_500; second += 1) {
    logs.append('api', second * 1_000, [`{"second":${second}}`]);
  }
  expect(seconds(logs.tail('api')).at(0)).toBeGreaterThan(1_000);
  expect(await logs.read('api', { startMs: 3_000, endMs: 5_000 })).toEqual([
    { timestampMs: 3_000, message: '{"second":3}' },
    { timestampMs: 4_000, message: '{"second":4}' },
  ]);
  expect(await logs.read('api', { startMs: 0, endMs: 1e12 })).toHaveLength(2_500);

  const startMs = 10_000_000;
  for (let line = 0; line < 4_500; line += 1) logs.append('api', startMs, [`line ${line}`]);
  expect(await logs.read('api', { startMs, endMs: startMs + 1 })).toHaveLength(4_500);
  await logs.close();
});
