/**
 * What one generator carries on one core: requests a second, and CPU a request, against a server that answers at once.
 * The embedded engine runs the profile `peak` as it is (open loop, signed, two checks a request): at two rates that
 * it keeps, and flat out; beside it autocannon, flat out. Each in fresh processes, the order turned round each time.
 *
 *     node loadtests/bench/generator.ts [rounds] [seconds]
 *
 * What it says of the machine it ran on stands in `limits.generator.requestsPerSecond`, which `plan` uses.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { text } from 'node:stream/consumers';
import { limits } from '../../monitoring/limits.ts';
import { median } from '../../core/statistics.ts';
import type { Used } from './generatorRun.ts';

const [rounds = 4, seconds = 6] = process.argv.slice(2).map(Number);

const contestants = [
  { name: 'embedded, 500 a second', engine: 'embedded', rate: 500 },
  { name: 'embedded, 2,000 a second', engine: 'embedded', rate: 2_000 },
  { name: 'embedded, flat out', engine: 'embedded', rate: 8_000 },
  { name: 'autocannon, flat out', engine: 'autocannon', rate: 0 },
] as const;

const path = (file: string): string => new URL(file, import.meta.url).pathname;

/** One measurement: a server and a generator that nothing has run in before. */
async function measure({ engine, rate }: (typeof contestants)[number]): Promise<Used> {
  const server = fork(path('trivialServer.ts'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const [line] = (await once(server.stdout!, 'data')) as [Buffer];
    const url = line.toString().trim();
    const run = spawn(
      process.execPath,
      [path('generatorRun.ts'), engine, url, String(rate), String(seconds)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    return JSON.parse(await text(run.stdout)) as Used;
  } finally {
    server.disconnect();
    await once(server, 'exit');
  }
}

const figures = new Map(contestants.map(({ name }) => [name, [] as Used[]]));
for (let round = 0; round < rounds; round += 1) {
  const order = round % 2 === 0 ? contestants : contestants.toReversed();
  for (const contestant of order) figures.get(contestant.name)!.push(await measure(contestant));
}

const perSecond = ({ requests, seconds: measured }: Used): number => requests / measured;
const cpuARequest = ({ cpuMicroseconds, requests }: Used): number => cpuMicroseconds / requests;
const spread = (values: readonly number[]): string =>
  `${Math.round(median(values))} (${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))})`;

const reference = median(figures.get('autocannon, flat out')!.map(cpuARequest));
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, node ${process.versions.node}`);
console.log(`median of ${rounds} (lowest–highest), ${seconds} s each\n`);
for (const [name, runs] of figures) {
  const cpu = runs.map(cpuARequest);
  const dropped = runs.reduce((sum, one) => sum + one.dropped, 0);
  const atLimit = (limits.generator.cpuPercent / 100) * (1e6 / median(cpu));
  console.log(
    `${name.padEnd(26)} ${spread(runs.map(perSecond))} requests a second, ${spread(cpu)} µs of CPU a request, ` +
      `${(median(cpu) / reference).toFixed(1)} × autocannon, ${Math.round(atLimit)} a second at ` +
      `${limits.generator.cpuPercent} % of a core${dropped > 0 ? `, ${dropped} dropped` : ''}`,
  );
}
