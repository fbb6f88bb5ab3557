/**
 * How fast the console is with 50 systems, on a stage that has run for three hours.
 *
 *   node console/bench/fiftySystems.ts
 *
 * Each measurement runs in a process of its own, in alternating order:
 * - kept / plain: one update of a dashboard's 250 series over three hours, with what the console keeps of
 *   settled periods, and asked of the metric store anew;
 * - 50 / 3: a page over the dashboard in a browser: until its first values stand there, and the longest
 *   time the page is busy with one update;
 * - status / alarms: the CPU time that an update of these pages takes, which list all systems and all alarms; all
 *   the alarms' ages change in each.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatSpread, median } from '../../core/statistics.ts';
import { evaluateQueries } from '../../cloudwatch/metricDataQuery.ts';
import { SeriesList } from '../dashboards/series.ts';
import { SeriesReader } from '../dashboards/seriesReader.ts';
import { dashboardView } from '../dashboards/view.ts';
import { launchBrowser, openPage } from '../testing/browser.ts';
import { startConsoleBench, synthesizeMonitoring } from '../testing/consoleBench.ts';

interface PageTimes {
  firstMs: number;
  busyMs: number;
}

interface UpdateTimes {
  allMs: number;
  scriptMs: number;
}

const rounds = 5;
const rangeMs = 3 * 3_600_000;
const periods = rangeMs / 10_000 - 1;
const name = 'local-fleet-application';

/** Milliseconds of one update, the median of several. */
async function series(mode: string): Promise<number> {
  const bench = await startConsoleBench(50);
  bench.fill(periods);
  const list = new SeriesList();
  const body = synthesizeMonitoring(bench.systems).dashboards.get(name) ?? '';
  dashboardView(name, name, body, { series: list, alarms: bench.alarms });
  const reader = new SeriesReader(bench.metrics, Date.now() - rangeMs);
  const times: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    const nowMs = Date.now();
    const start = performance.now();
    if (mode === 'kept') await reader.read(list.all(), nowMs - rangeMs, nowMs, nowMs);
    else {
      for (const { queries } of list.all()) {
        evaluateQueries(queries, bench.metrics, { startMs: nowMs - rangeMs, endMs: nowMs });
      }
    }
    times.push(performance.now() - start);
  }
  await bench.close();
  // The first fills what is kept.
  return median(times.slice(1));
}

/** Milliseconds until the first values, and of the longest task of later updates. */
async function page(count: number): Promise<PageTimes> {
  const bench = await startConsoleBench(count);
  bench.fill(periods);
  const browser = await launchBrowser();
  // Once, so that the bundle is built.
  await fetch(`${bench.console.url}console.js`);
  const start = performance.now();
  const { page: shown } = await openPage(browser, `${bench.console.url}#/dashboard/${name}?minutes=180`);
  await shown.locator('.legend .value').filter({ hasText: /\d/ }).first().waitFor();
  const firstMs = performance.now() - start;
  await shown.evaluate(`
    window.tasks = [0];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' });
  `);
  await shown.waitForTimeout(9_000);
  const busyMs = await shown.evaluate<number>('Math.max(...window.tasks)');
  await browser.close();
  await bench.close();
  return { firstMs, busyMs };
}

/** Milliseconds of CPU that the page takes for one update, and of these its scripts. */
async function update(path: string): Promise<UpdateTimes> {
  const bench = await startConsoleBench(50);
  bench.fill(30);
  // A tenth of the systems is in alarm.
  for (const { system } of bench.systems.slice(0, 5)) {
    for (const ago of [1, 2, 3]) bench.put(system, 'databaseConnections', 90, ago);
  }
  await bench.alarms.tick(Date.now());
  const browser = await launchBrowser();
  const { page: shown } = await openPage(browser, `${bench.console.url}#/${path}`);
  await shown.locator('main :is(li, tr)').first().waitFor();
  const client = await shown.context().newCDPSession(shown);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuMs = async (metric: string): Promise<number> => {
    const { metrics } = await client.send('Performance.getMetrics');
    return 1_000 * (metrics.find((one) => one.name === metric)?.value ?? Number.NaN);
  };
  await shown.evaluate(`
    window.updates = 0;
    new MutationObserver(() => (window.updates += 1))
      .observe(document.querySelector('.clock'), { characterData: true, childList: true, subtree: true });
  `);
  const before = { allMs: await cpuMs('TaskDuration'), scriptMs: await cpuMs('ScriptDuration') };
  await shown.waitForTimeout(10_000);
  const updates = await shown.evaluate<number>('updates');
  const allMs = ((await cpuMs('TaskDuration')) - before.allMs) / updates;
  const scriptMs = ((await cpuMs('ScriptDuration')) - before.scriptMs) / updates;
  await browser.close();
  await bench.close();
  return { allMs, scriptMs };
}

const spread = (values: readonly number[]): string => formatSpread(values, (value) => value.toFixed(1));

function run(...mode: string[]): unknown {
  const path = fileURLToPath(import.meta.url);
  return JSON.parse(execFileSync(process.execPath, [path, ...mode], { encoding: 'utf8' }));
}

const [what, mode] = process.argv.slice(2);
if (what === 'series') console.log(await series(mode ?? 'plain'));
else if (what === 'page') console.log(JSON.stringify(await page(Number(mode))));
else if (what === 'update') console.log(JSON.stringify(await update(mode ?? 'overview')));
else {
  const kept: number[] = [];
  const plain: number[] = [];
  const fifty: PageTimes[] = [];
  const three: PageTimes[] = [];
  const status: UpdateTimes[] = [];
  const alarms: UpdateTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const steps = [
      () => kept.push(run('series', 'kept') as number),
      () => plain.push(run('series', 'plain') as number),
      () => fifty.push(run('page', '50') as PageTimes),
      () => three.push(run('page', '3') as PageTimes),
      () => status.push(run('update', 'overview') as UpdateTimes),
      () => alarms.push(run('update', 'alarms') as UpdateTimes),
    ];
    for (const step of round % 2 === 0 ? steps : steps.toReversed()) step();
  }
  console.log(`update of 250 series over 3 h, ms: kept ${spread(kept)}, plain ${spread(plain)}`);
  console.log(`  plain / kept: ${spread(plain.map((value, index) => value / (kept[index] ?? Number.NaN)))}`);
  console.log(
    `first values on the page, ms: 50 systems ${spread(fifty.map(({ firstMs }) => firstMs))}, ` +
      `3 systems ${spread(three.map(({ firstMs }) => firstMs))}`,
  );
  console.log(
    `longest task of an update, ms (0: none over 50): 50 systems ${spread(fifty.map(({ busyMs }) => busyMs))}, ` +
      `3 systems ${spread(three.map(({ busyMs }) => busyMs))}`,
  );
  for (const [title, times] of Object.entries({ status, alarms })) {
    console.log(
      `update of the page of ${title}, ms of CPU: ${spread(times.map(({ allMs }) => allMs))}, ` +
        `of it scripts ${spread(times.map(({ scriptMs }) => scriptMs))}`,
    );
  }
}
