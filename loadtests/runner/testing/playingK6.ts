import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { throwingTrial } from './throwingTrial.ts';

/** What a k6 says and measures that plays one script. */
export interface Played {
  /** Options as `k6 inspect` prints them; left out, it cannot load the script. */
  inspected?: unknown;
  /** Types of the metrics that the script has of its own. */
  types?: Readonly<Record<string, string>>;
  /** In order: so many milliseconds after it was started. */
  points?: readonly PlayedPoint[];
  /** Fields of what it logs, beside `level` and `msg`. */
  logs?: readonly Readonly<Record<string, string>>[];
  exitCode?: number;
  /** What its log names executors by. */
  executorField?: string;
}

export interface PlayedPoint {
  metric: string;
  atMs: number;
  value: number;
  tags?: Readonly<Record<string, string>>;
  /** Of the iteration that it belongs to. */
  iter?: number;
}

const program = (executorField: string): string => `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const args = process.argv.slice(2);
const played = JSON.parse(readFileSync(join(__dirname, 'played.json'), 'utf8'));
if (args[0] === 'version') {
  console.log('k6 v2.2.0 (go1.26.0, linux/amd64)');
  process.exit(0);
}
${throwingTrial(executorField)}
const { HEADROOM_URL, HEADROOM_SYSTEM, HEADROOM_TARGETS, AWS_ACCESS_KEY_ID } = process.env;
const env = { HEADROOM_URL, HEADROOM_SYSTEM, HEADROOM_TARGETS, AWS_ACCESS_KEY_ID };
writeFileSync(join(__dirname, args[0] + '.json'), JSON.stringify({ args, env }));
if (args[0] === 'inspect') {
  if (played.inspected === undefined) {
    console.error('level=error msg="ReferenceError: nonsense is not defined" hint="script exception"');
    process.exit(107);
  }
  console.log(JSON.stringify(played.inspected, null, ' '));
  process.exit(0);
}
const startMs = Date.now();
// k6 writes a metric's type before its first point.
const told = new Set();
const lines = played.points.flatMap(({ metric, atMs, value, tags, iter }) => {
  const time = new Date(startMs + atMs).toISOString();
  const metadata = iter === undefined ? undefined : { vu: '1', iter: String(iter) };
  const point = JSON.stringify({ metric, type: 'Point', data: { time, value, tags, metadata } });
  if (told.has(metric)) return [point];
  told.add(metric);
  const type = played.types[metric] ?? 'trend';
  return [JSON.stringify({ metric, type: 'Metric', data: { name: metric, type, contains: 'default' } }), point];
});
writeFileSync(args[args.indexOf('--out') + 1].replace('json=', ''), lines.join('\\n') + '\\n');
const asJson = args.join(' ').includes('--log-output stderr --log-format json');
for (const entry of played.logs) console.error(asJson ? JSON.stringify(entry) : entry.msg);
process.exit(played.exitCode);
`;

/** Puts a `k6` into a directory that says and measures what it is told, whatever the script is. */
export async function installPlayingK6(
  directory: string,
  { inspected, types = {}, points = [], logs = [], exitCode = 0, executorField = 'executor' }: Played,
): Promise<void> {
  await writeFile(
    join(directory, 'played.json'),
    JSON.stringify({ inspected, types, points, logs, exitCode }),
  );
  await writeFile(join(directory, 'k6'), program(executorField));
  await chmod(join(directory, 'k6'), 0o755);
}

/** What it was called with. */
export async function calledWith(
  directory: string,
  command: 'inspect' | 'run',
): Promise<{ args: string[]; env: Record<string, string> }> {
  return JSON.parse(await readFile(join(directory, `${command}.json`), 'utf8')) as {
    args: string[];
    env: Record<string, string>;
  };
}

/** The points of one iteration with one request and one value of each metric named. */
export const playedIteration = (
  iter: number,
  atMs: number,
  tags: Readonly<Record<string, string>>,
  more: Readonly<Record<string, number>> = {},
): PlayedPoint[] => {
  const point = (metric: string, value: number): PlayedPoint => ({ metric, atMs, value, tags, iter });
  return [
    { ...point('http_reqs', 1), tags: { ...tags, status: '200', name: 'page' } },
    point('http_req_duration', 6),
    point('http_req_blocked', 1),
    point('http_req_failed', 0),
    ...Object.entries(more).map(([metric, value]) => point(metric, value)),
    point('iteration_duration', 8),
  ];
};
