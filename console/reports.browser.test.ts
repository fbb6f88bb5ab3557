import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { browserAvailable } from './testing/browser.ts';
import { useConsoleInBrowser } from './testing/consoleInBrowser.ts';
import {
  exampleBreakpoint,
  exampleDelivery,
  exampleDrill,
  exampleRecovery,
  exampleRun,
  exampleRunAt,
  exampleVerdict,
} from '../records/testing/examples.ts';

const peak = '20261103-110000-peak-aaaa';
const drill = '20261103-120000-revoke-db-ingress-bbbb';

/** Everything that is folded. */
async function unfold(page: Page): Promise<void> {
  await page.locator('details.figures').waitFor();
  await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
}

describe.runIf(browserAvailable)('reports of past runs in a browser', () => {
  const stage = useConsoleInBrowser();
  const { open } = stage;

  it('hold verdict, load with its plots, and drill', async () => {
    await stage.leave(peak, 'run.json', exampleRun);
    await stage.leave(peak, 'verdict.json', exampleVerdict);
    await stage.leave(drill, 'drill.json', exampleDrill);
    const page = await open('#/runs');
    await page.locator('.run').first().waitFor();
    expect(await page.locator('.run').count()).toBe(2);
    await page.getByRole('link', { name: 'peak', exact: true }).click();
    await unfold(page);
    await page.locator('.run-plots canvas').nth(4).waitFor();
    const report = await page.locator('#report').innerText();
    expect(report).toContain('the worst of 4 periods was 41 %');
    expect(report).toContain('39 %');
    expect(report).toMatch(/system-02\s+Database connections\s+61 %\s+22 %\s+\+14\.2/i);
    expect(report).toContain('1,200');
    expect(report).toMatch(/system-02\s+5 \/s\s+4\.97 \/s\s+199\s+0\s+1\s+0\s+9 ms/);
    await page.getByRole('link', { name: '← All runs' }).click();
    await page.getByRole('link', { name: 'revoke-db-ingress' }).click();
    await unfold(page);
    await page.locator('#report table').first().waitFor();
    const ofDrill = await page.locator('#report').innerText();
    expect(ofDrill).toContain('first failed answer after the fault');
    expect(ofDrill).toMatch(/2 of 2\s+150 ms\s+≤ 10 s\s+system-02/);
  });

  it('of an unpaced run show no rates, no hold and no plots over time', async () => {
    const smoke = '20261103-100000-smoke-cccc';
    await stage.leave(smoke, 'run.json', { ...exampleRun, profile: 'smoke', paced: false });
    const page = await open(`#/runs/${smoke}`);
    await page.getByRole('heading', { name: 'Load test smoke' }).waitFor();
    expect(await page.locator('.lead').innerText()).toBe('2,400 requests to 2 systems, 6 failed');
    const titles = page.locator('table').first().locator('thead th');
    const expected = ['System', 'Requests', 'Failed', 'Dropped', 'p50', 'p95', 'p99', 'Max'];
    expect(await titles.allInnerTexts()).toEqual(expected);
    expect(await page.locator('#report').innerText()).not.toMatch(/\bhold\b| \/s\b/);
    expect(await page.locator('#report canvas').count()).toBe(0);
  });

  it('of a breakpoint show what gave way at which rate, and what was seen before it', async () => {
    const climb = '20261103-120000-breakpoint-ffff';
    await stage.leave(climb, 'run.json', { ...exampleRun, profile: 'breakpoint' });
    await stage.leave(climb, 'breakpoint.json', exampleBreakpoint);
    const page = await open(`#/runs/${climb}`);
    await page.getByRole('heading', { name: 'Load test breakpoint answered' }).waitFor();
    const report = await page.locator('#report').innerText();
    expect(report).toMatch(/system-01\s+Database CPU\s+80 %\s+41\.2 \/s\s+83 %\s+36\.1 \/s\s+72 %/);
    expect(report).toMatch(/system-02\s+none\s+–\s+above 50 \/s/);
    await unfold(page);
    expect(await page.locator('#report').innerText()).toContain('over the climb');
    expect(report).not.toMatch(/\bhold\b/);
  });

  it('of a publish show what became of each system’s messages', async () => {
    const publish = '20261103-120000-publish-9999';
    await stage.leave(publish, 'run.json', { ...exampleRun, profile: 'publish' });
    await stage.leave(publish, 'delivery.json', exampleDelivery);
    const page = await open(`#/runs/${publish}`);
    await page.getByRole('heading', { name: 'Load test publish failed' }).waitFor();
    const report = await page.locator('#report').innerText();
    expect(report).toMatch(/system-01\s+not delivered\s+299\s+297\s+1\s+1\s+0\s+1\s+9 ms\s+21 ms\s+40 ms/);
    expect(report).toMatch(
      /system-02\s+inconclusive\s+–.*the cluster is paused\. End to end: no log group\./s,
    );
  });

  it('of a spike show each system before, during and after it', async () => {
    const spike = '20261103-120000-spike-abcd';
    await stage.leave(spike, 'run.json', { ...exampleRun, profile: 'spike' });
    await stage.leave(spike, 'recovery.json', exampleRecovery);
    const page = await open(`#/runs/${spike}`);
    await page.getByRole('heading', { name: 'Load test spike failed' }).waitFor();
    const report = await page.locator('#report').innerText();
    expect(report).toMatch(/system-01\s+not recovered\s+0 of 90 failed, p95 10 ms\s+12 of 1800 failed/);
    expect(report).toMatch(/p95 75 ms\s+never\s+answers are slower than 60 ms/);
    await unfold(page);
    expect(await page.locator('#report').innerText()).toContain('over the spike');
  });

  it('say what the gate says, as soon as it has', async () => {
    const run = '20261103-130000-peak-dddd';
    await stage.leave(run, 'run.json', { ...exampleRun, thresholds: [] });
    const page = await open(`#/runs/${run}`);
    const outcome = page.locator('h1 .badge');
    await outcome.waitFor();
    expect(await outcome.innerText()).toBe('not judged');
    await stage.leave(run, 'verdict.json', exampleVerdict);
    await vi.waitFor(async () => expect(await outcome.innerText()).toBe('passed'), 10_000);
    expect(await page.locator('.lead').innerText()).toContain('system-01 keeps 20 % in reserve');
  });

  it('have the systems’ colours and lead to the dashboards, also when opened from outside', async () => {
    const run = '20261103-140000-peak-eeee';
    await stage.leave(run, 'run.json', exampleRunAt(Date.now() - 120_000));
    const page = await open(`#/runs/${run}`);
    await page.locator('.run-plots canvas').first().waitFor();
    await page.getByRole('link', { name: 'Its dashboards' }).waitFor();
    const colors = await page.evaluate<string[]>(
      `[...document.querySelectorAll('#report td .chip')].map((chip) => chip.style.background)`,
    );
    // Of its requests, and of its messages.
    const both = ['rgb(31, 119, 180)', 'rgb(255, 127, 14)'];
    expect(colors).toEqual([...both, ...both]);
  });

  it('come when the stage answers slowly, whatever else it tells meanwhile', async () => {
    await stage.leave(peak, 'run.json', exampleRun);
    const page = await open('#/runs');
    await page.route('**/api/run?*', async (route) => {
      const time = await page.locator('.clock').innerText();
      await vi.waitFor(async () => expect(await page.locator('.clock').innerText()).not.toBe(time), 10_000);
      await route.continue();
    });
    await page.locator('.run').first().waitFor();
    await page.evaluate(`location.hash = '#/runs/${peak}'`);
    await page.getByRole('heading', { name: 'Load test peak' }).waitFor();
  });

  it('are told apart from a stage that is away, and come when it is back', async () => {
    await stage.leave(peak, 'run.json', exampleRun);
    const page = await open('#/');
    await page.locator('#system-system-01').waitFor();
    await stage.bench.console.close();
    await page.getByRole('alert').waitFor();
    await page.evaluate(`location.hash = '#/runs/${peak}'`);
    await page.locator('#report').waitFor();
    expect(await page.locator('#report').innerText()).toBe('Waiting for the stage.');
    await stage.bench.restart();
    await page.getByRole('heading', { name: 'Load test peak' }).waitFor();
    await page.evaluate(`location.hash = '#/runs/none'`);
    await vi.waitFor(async () =>
      expect(await page.locator('#report').innerText()).toBe('There is no such run.'),
    );
    stage.forgive();
  });
});
