/**
 * What the embedded engine says of latencies, beside what is known of them otherwise:
 * `node loadtests/bench/latency.ts [rounds] [seconds]`.
 *
 * - A server that answers at once, at 500 and 2,000 requests a second: the engine beside a plain client that does
 *   nothing else, each with a server of its own, in fresh processes, the order turned each round.
 * - A server that stands still for 200 ms every 2 s: the engine's p99 beside that of the schedule, in which whoever
 *   comes in a stall waits for its end.
 */
import { fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { formatSpread, percentile } from '../../core/statistics.ts';
import { optimisedSoon } from '../runner/optimisedSoon.ts';
import type { Measured } from './measured.ts';

const [rounds = 5, seconds = 10] = process.argv.slice(2).map(Number);
const stallMs = 200;

interface Stall {
  startMs: number;
  endMs: number;
}

/** For all but the engine, which does so itself: what is optimised within a measurement delays all who share its cores. */
const execArgv = [optimisedSoon];

const childOf = (file: string, parameters: string[], options: ForkOptions = {}) =>
  fork(fileURLToPath(new URL(`./${file}`, import.meta.url)), parameters, options);

/** One client against a server of its own. */
async function run(client: string, rate: number, stall = 0): Promise<Measured & { stalls: Stall[] }> {
  const server = childOf('stallingServer.ts', [String(stall)], { execArgv });
  const stopped = once(server, 'exit');
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const stalls: Stall[] = [];
    server.on('message', ({ stall: told }: { stall: Stall }) => stalls.push(told));
    const parameters = [`http://127.0.0.1:${port}/`, String(rate), String(seconds)];
    const running = childOf(client, parameters, client === 'engineClient.ts' ? {} : { execArgv });
    const exited = once(running, 'exit');
    const [measured] = (await Promise.race([
      once(running, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`${client} ended with ${String(code)}`))),
    ])) as [Measured];
    await exited;
    return { ...measured, stalls };
  } finally {
    server.kill('SIGKILL');
    await stopped;
  }
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
const ratio = (value: number): string => value.toFixed(2);

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');

async function besideAPlainClient(rate: number): Promise<void> {
  const engine: Measured[] = [];
  const plain: Measured[] = [];
  const runs = [
    async () => engine.push(await run('engineClient.ts', rate)),
    async () => plain.push(await run('plainClient.ts', rate)),
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const each of round % 2 === 0 ? runs : runs.toReversed()) await each();
  }
  const spread = (of: readonly Measured[], name: 'p50' | 'p99', what: 'latencyMs' | 'lateMs' = 'latencyMs') =>
    formatSpread(
      of.map((each) => each[what]?.[name] ?? Number.NaN),
      ms,
    );
  const pairs = engine.map((each, index) => [each.latencyMs, plain[index]!.latencyMs] as const);
  console.log(`${rate} a second, ${rounds} rounds of ${seconds} s; load of the machine ${load()}`);
  console.log(`  engine        p50 ${spread(engine, 'p50')}, p99 ${spread(engine, 'p99')}`);
  console.log(`  plain client  p50 ${spread(plain, 'p50')}, p99 ${spread(plain, 'p99')}`);
  console.log(
    `  difference of p50 ${formatSpread(
      pairs.map(([a, b]) => a.p50 - b.p50),
      ms,
    )}`,
  );
  console.log(
    `  ratio of p99      ${formatSpread(
      pairs.map(([a, b]) => a.p99 / b.p99),
      ratio,
    )}`,
  );
  console.log(
    `  the engine's own lateness p50 ${spread(engine, 'p50', 'lateMs')}, p99 ${spread(engine, 'p99', 'lateMs')}`,
  );
  const cpu = (of: readonly Measured[]) =>
    formatSpread(
      of.map(({ cpuPercent }) => cpuPercent ?? Number.NaN),
      (value) => `${value.toFixed(0)} %`,
    );
  console.log(`  CPU of one core: engine ${cpu(engine)}, plain client ${cpu(plain)}`);
}

async function besideTheSchedule(rate: number): Promise<void> {
  const ratios: number[] = [];
  const found: number[] = [];
  const expected: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { holdStartMs, latencyMs, stalls } = await run('engineClient.ts', rate, stallMs);
    const scheduled = Array.from({ length: rate * seconds }, (_, index) => {
      const atMs = holdStartMs + (index * 1_000) / rate;
      const stall = stalls.find(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
      return stall ? stall.endMs - atMs : 0;
    });
    const p99 = percentile(scheduled, 99);
    found.push(latencyMs.p99);
    expected.push(p99);
    ratios.push(latencyMs.p99 / p99);
  }
  console.log(
    `${rate} a second, a stall of ${stallMs} ms every 2 s, ${rounds} rounds; load of the machine ${load()}`,
  );
  console.log(`  engine p99 ${formatSpread(found, ms)}, by the schedule ${formatSpread(expected, ms)}`);
  console.log(`  ratio ${formatSpread(ratios, ratio)}`);
}

for (const rate of [500, 2_000]) await besideAPlainClient(rate);
for (const rate of [500, 2_000]) await besideTheSchedule(rate);
