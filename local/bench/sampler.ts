/**
 * What it costs to watch an idle server: CPU of the sampler in the stage's process, and of its session, in
 * milliseconds a second, for fleets of so many systems with two idle sessions each.
 *
 *   node local/bench/sampler.ts [systems…]      # 3 and 50 when left out; a minute each
 */
import { systemClock } from '../../core/clock.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { WithheldMetrics } from '../aws/cloudwatch/withheldMetrics.ts';
import { observeMachine } from '../sampler/machine.ts';
import { readCpuSeconds } from '../sampler/processCpu.ts';
import { Sampler } from '../sampler/sampler.ts';
import { backendPid, startFleetServer } from '../sampler/testing/fleetServer.ts';

const warmUpMs = 12_000;
const measuredMs = 60_000;

async function measureFleet(systems: number): Promise<void> {
  const databases = Array.from({ length: systems }, (_, index) => `system_${index}`);
  const fleet = await startFleetServer(databases, systems * 2 + 20);
  const clients = [];
  for (const database of [...databases, ...databases]) clients.push(await fleet.session(database));
  const sampler = new Sampler({
    clock: systemClock,
    periodMs: 10_000,
    metrics: new MetricStore(),
    withheld: new WithheldMetrics(),
    clusters: databases.map((database) => ({ identifier: database, database })),
    isAvailable: () => true,
    cores: 2,
    observeServer: (what) => fleet.observer.observe(what),
    observeMachine: () => observeMachine([process.pid]),
    queues: () => Promise.resolve(new Map()),
    oldestMessageMs: () => Promise.resolve(undefined),
    takePeakConcurrency: () => new Map(),
    onError: (error) => console.error(String(error)),
  });
  sampler.start();
  await systemClock.sleep(warmUpMs);
  const administrator = await fleet.administrator();
  const { rows } = await administrator.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
      WHERE datname = 'postgres' AND backend_type = 'client backend' AND pid <> $1`,
    [backendPid(administrator)],
  );
  await administrator.end();
  const sessionSeconds = () => readCpuSeconds(rows[0]?.pid ?? 0) ?? Number.NaN;

  const before = { own: process.cpuUsage(), session: sessionSeconds(), atMs: performance.now() };
  await systemClock.sleep(measuredMs);
  const { user, system } = process.cpuUsage(before.own);
  const seconds = (performance.now() - before.atMs) / 1_000;
  const perSecond = (milliseconds: number) => `${(milliseconds / seconds).toFixed(2)} ms/s`;
  console.log(
    `${systems} systems: sampler ${perSecond((user + system) / 1_000)}, ` +
      `its session ${perSecond((sessionSeconds() - before.session) * 1_000)}`,
  );
  await sampler.stop();
  await Promise.all(clients.map((client) => client.end()));
  await fleet.stop();
}

const asked = process.argv.slice(2).map(Number);
for (const systems of asked.length > 0 ? asked : [3, 50]) await measureFleet(systems);
