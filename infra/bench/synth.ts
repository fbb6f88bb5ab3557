/**
 * CPU time of a synthesis against the number of systems, with the built-in validator and this project's
 * rules, and without. Each measurement is a process of its own; the order alternates.
 *
 *   node infra/bench/synth.ts [rounds]
 */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { formatSpread } from '../../core/statistics.ts';
import { parseFleet, withSystems } from '../../fleet/fleet.ts';
import { synthesize } from '../synth.ts';
import { projectDirectory } from '../testing/emptyFunctions.ts';
import { contract } from '../../service/contract.ts';

const sizes = [1, 10, 50, 200];

if (process.argv[2] === 'measure') await measure(Number(process.argv[3]), process.argv[4] === 'validated');
else await compare(Number(process.argv[2] ?? 3));

async function measure(systems: number, validate: boolean): Promise<void> {
  const home = await projectDirectory();
  try {
    const outputDirectory = await mkdtemp(join(home.path, 'out-'));
    const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };
    const fleet = parseFleet({
      service: contract,
      region: 'us-east-1',
      accountConcurrency: 10_000,
      systems: [{ name: 'system-01', expectedPeak }],
      stages: { prod: {}, local: {} },
      onCall: { nobody: { prod: 'a benchmark' } },
    });
    await synthesize({ fleet: withSystems(fleet, systems), stages: ['prod'], outputDirectory, validate });
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1e6);
  } finally {
    await home.remove();
  }
}

async function compare(rounds: number): Promise<void> {
  const run = promisify(execFile);
  const secondsOf = async (systems: number, kind: string): Promise<number> => {
    const { stdout } = await run(process.execPath, [
      fileURLToPath(import.meta.url),
      'measure',
      String(systems),
      kind,
    ]);
    return Number(stdout);
  };
  console.log('CPU seconds: median (lowest to highest); the ratio is that of each round');
  for (const systems of sizes) {
    const seconds: Record<string, number[]> = { plain: [], validated: [] };
    for (let round = 0; round < rounds; round += 1) {
      const kinds = round % 2 === 0 ? ['plain', 'validated'] : ['validated', 'plain'];
      for (const kind of kinds) seconds[kind]!.push(await secondsOf(systems, kind));
    }
    const ratios = seconds['plain']!.map((plain, round) => seconds['validated']![round]! / plain);
    console.log(
      `${String(systems).padStart(4)} systems: without ${spread(seconds['plain']!)}, with ${spread(seconds['validated']!)}, ratio ${spread(ratios)}`,
    );
  }
}

const spread = (values: readonly number[]): string => formatSpread(values, (value) => value.toFixed(2));
