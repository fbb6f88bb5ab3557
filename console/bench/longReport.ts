/**
 * How large and how quick to make the report of a long load is: fifty systems over twelve hours, as long as a record can
 * be.
 *
 *   node console/bench/longReport.ts
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRun } from '../../records/testing/examples.ts';
import type { RunFile } from '../../records/run.ts';
import { writeReport } from '../writeReport.ts';

const systems = 50;
const seconds = 12 * 3_600;

const startMs = Date.UTC(2026, 0, 1);
const at = (second: number): string => new Date(startMs + second * 1_000).toISOString();
const window = { start: at(0), end: at(seconds) };

function runOf(): RunFile {
  const [example] = exampleRun.systems;
  if (!example) throw new TypeError('the example has no system');
  return {
    ...exampleRun,
    windows: {
      run: window,
      ramp: { start: at(0), end: at(300) },
      hold: { start: at(300), end: at(seconds) },
    },
    systems: Array.from({ length: systems }, (_, index) => ({
      system: `system-${index}`,
      hold: example.hold,
      series: Array.from({ length: seconds }, (__, second) => {
        const p99 = 40 + ((second * 7_919 + index * 31) % 997) / 10;
        return {
          second,
          intended: 30,
          dropped: 0,
          statuses: { 200: 30 },
          failedChecks: 0,
          latencyMs: { p50: p99 / 3, p95: p99 / 1.5, p99, max: p99 * 1.2 },
        };
      }),
    })),
  };
}

const directory = await mkdtemp(join(tmpdir(), 'headroom-report-'));
try {
  await writeFile(join(directory, 'run.json'), JSON.stringify(runOf()));
  const record = (await stat(join(directory, 'run.json'))).size;
  const began = performance.now();
  const path = await writeReport(directory, directory);
  const tookS = (performance.now() - began) / 1_000;
  const report = (await stat(path ?? '')).size;
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    `${systems} systems over ${seconds / 3_600} h: run.json ${mib(record)}, report.html ${mib(report)} in ${tookS.toFixed(1)} s`,
  );
} finally {
  await rm(directory, { recursive: true });
}
