import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireRecord } from '../../records/recordFile.ts';
import { runKind } from '../../records/run.ts';
import { Recorder } from '../runner/recorder.ts';
import { builtInMetrics, type Point } from '../runner/points.ts';
import { parseThreshold } from '../runner/thresholds.ts';
import { writeRunFile } from '../runner/writeRun.ts';

/**
 * What the record of a long run costs: memory after each hour of 30 requests a second on each system, and the
 * time a request takes to be booked. `node --expose-gc loadtests/bench/recorder.ts [hours] [systems]`
 */
const [hours = 4, systemCount = 3] = process.argv.slice(2).map(Number);
const perSecond = 30;
const startMs = Date.UTC(2026, 0, 1);
const systems = Array.from({ length: systemCount }, (_, index) => `system-${index + 1}`);
const recorder = new Recorder({
  systems,
  startMs,
  windows: { hold: { startMs, endMs: Number.POSITIVE_INFINITY } },
  periodSeconds: 60,
  thresholds: systems.map((system) =>
    parseThreshold(`http_req_duration{system:${system}}`, 'trend', 'p(99)<1000'),
  ),
  metricTypes: builtInMetrics,
  firstMessageId: 1,
});

const heapMiB = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20 + process.memoryUsage().arrayBuffers / 2 ** 20;
};

let requests = 0;
const book = (system: string, intendedMs: number): void => {
  const latencyMs = 2 + 40 * Math.random() ** 4;
  const tags = { scenario: system, system, name: 'getItem', status: '200' };
  const metadata = { vu: '1', iter: String((requests += 1)) };
  const add = (metric: string, value: number): void =>
    recorder.add({ metric, timeMs: intendedMs + latencyMs, value, tags, metadata } satisfies Point);
  add('http_reqs', 1);
  add('http_req_duration', latencyMs);
  add('http_req_failed', 0);
  add('checks', 1);
  add('iteration_duration', latencyMs);
};

const begunMiB = heapMiB();
for (let hour = 0; hour < hours; hour += 1) {
  const begunMs = performance.now();
  const requestsBefore = requests;
  for (let second = hour * 3_600; second < (hour + 1) * 3_600; second += 1) {
    for (let each = 0; each < perSecond; each += 1) {
      for (const system of systems) book(system, startMs + (second + each / perSecond) * 1_000);
    }
  }
  const microseconds = ((performance.now() - begunMs) * 1_000) / (requests - requestsBefore);
  console.log(
    `after ${hour + 1} h: ${requests} requests, ${(heapMiB() - begunMiB).toFixed(0)} MiB, ${microseconds.toFixed(2)} µs a request`,
  );
}
const endMs = startMs + hours * 3_600_000;
const record = recorder.finish(endMs);
console.log(
  `finished: ${(heapMiB() - begunMiB).toFixed(0)} MiB, p99 ${record.systems[0]?.hold.latencyMs?.p99} ms`,
);
const window = { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
const directory = await mkdtemp(join(tmpdir(), 'headroom-record-'));
await writeRunFile(directory, {
  schemaVersion: 1,
  runId: 'bench',
  profile: 'peak',
  paced: true,
  stage: 'local',
  place: 'local',
  engine: { name: 'embedded', version: process.version },
  commit: null,
  configurationHash: '',
  windows: { run: window, ramp: window, hold: window },
  systems: record.systems,
  checks: record.checks,
  thresholds: record.thresholds,
  generator: { cpuPercent: null, lateIterations: null, droppedIterations: record.droppedIterations },
  complete: true,
  reason: null,
});
const path = join(directory, runKind.fileName);
const run = await requireRecord(runKind, path);
const fileMiB = (await stat(path)).size / 2 ** 20;
console.log(
  `a file of ${fileMiB.toFixed(0)} MiB, read back: ${(heapMiB() - begunMiB).toFixed(0)} MiB with both`,
);
if (run.systems.length !== systemCount) throw new Error('the record has lost a system');
await rm(directory, { recursive: true });
