import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { whileRunning } from '../records/runningMarkers.ts';
import { browserAvailable } from './testing/browser.ts';
import { useConsoleInBrowser } from './testing/consoleInBrowser.ts';
import { exampleRun, exampleRunAt } from '../records/testing/examples.ts';

const application = '#/dashboard/local-fleet-application';
const fleetOverview = '#/dashboard/local-fleet-overview';
const peak = '20261103-110000-peak-aaaa';

const focused = (page: Page, what = 'textContent'): Promise<string> =>
  page.evaluate<string>(`document.activeElement.${what}`);

describe.runIf(browserAvailable)('the console for every reader', () => {
  const stage = useConsoleInBrowser(11);
  const { open } = stage;

  let aheadMs = 0;
  /** A system's connections alarm, and the ticket that tells of it. */
  async function goOff(system: string): Promise<void> {
    const { alarms } = stage.bench;
    const name = `local-${system}-databaseConnections`;
    const alarm = alarms.all().find(({ definition }) => definition.properties.AlarmName === name);
    if (alarm?.state === 'ALARM') return;
    for (const ago of [1, 2, 3]) stage.bench.put(system, 'databaseConnections', 90, ago);
    await alarms.tick(Date.now() + aheadMs);
    // Alarms are looked at once a period.
    aheadMs += 10_000;
  }

  it.each(['light', 'dark'] as const)('fits a telephone, in %s', async (colorScheme) => {
    await stage.leave(peak, 'run.json', exampleRun);
    const page = await open('#/', { viewport: { width: 390, height: 844 }, colorScheme });
    for (const hash of [
      '#/',
      '#/oncall',
      application,
      fleetOverview,
      '#/alarms',
      '#/runs',
      `#/runs/${peak}`,
    ]) {
      await page.goto(`${stage.bench.console.url}${hash}`);
      await page.locator('main > *').first().waitFor();
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect({ hash, overflow }).toEqual({ hash, overflow: 0 });
    }
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(245, 246, 248)');
  });

  it('is reached by keyboard: skip link, pages, systems', async () => {
    const page = await open('#/');
    await page.locator('#system-system-01').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('To the content');
    const seen: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      await page.keyboard.press('Tab');
      seen.push(await focused(page));
    }
    expect(seen.slice(0, 4)).toEqual(['Headroom', 'Status', 'On call', 'Overview']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('.grid').waitFor();
    expect(await focused(page, 'id')).toBe('main');
  });

  it('leads past the header without leaving the page', async () => {
    const page = await open('#/alarms');
    await page.locator('.cards li').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused(page, 'id')).toBe('main');
    expect(page.url()).toMatch(/#\/alarms$/);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Dashboard');
  });

  it('keeps the focus where it is while alarms come, go and change places', async () => {
    const page = await open('#/alarms');
    const link = page.locator('#alarm-local-system-02-ticket').getByRole('link', { name: 'Runbook' });
    await link.focus();
    const runbook = await focused(page, 'href');
    // The first goes off above it, then the focused one itself.
    for (const system of ['system-01', 'system-02']) {
      await goOff(system);
      const badge = page.locator(`#alarm-local-${system}-ticket .badge`).first();
      await vi.waitFor(async () => expect(await badge.innerText()).toBe('in alarm'), 10_000);
      expect(await focused(page, 'href')).toBe(runbook);
    }
    const ids = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.cards li')].map((card) => card.id)`,
    );
    expect(new Set(ids).size).toBe(stage.bench.alarmCount());
    expect(ids).toHaveLength(stage.bench.alarmCount());
  });

  it('keeps what is selected and where it is scrolled to while alarms go off above', async () => {
    const page = await open('#/alarms');
    const card = page.locator('#alarm-local-system-09-ticket');
    await card.scrollIntoViewIfNeeded();
    const place = () =>
      page.evaluate<[string, number]>(
        `[getSelection().toString(), document.querySelector('#alarm-local-system-09-ticket').getBoundingClientRect().top]`,
      );
    await card.evaluate((element) => {
      const selection = element.ownerDocument.getSelection();
      selection?.selectAllChildren(element.querySelector('strong') ?? element);
    });
    const before = await place();
    expect(before[0]).toBe('system-09: Tickets');
    await goOff('system-03');
    const badge = page.locator('#alarm-local-system-03-ticket .badge').first();
    await vi.waitFor(async () => expect(await badge.innerText()).toBe('in alarm'), 10_000);
    const after = await place();
    expect(after[0]).toBe(before[0]);
    expect(Math.abs(after[1] - before[1])).toBeLessThan(2);
  });

  it('keeps the focus in the toolbar when a run begins', async () => {
    const page = await open(application);
    await page.getByRole('button', { name: 'Pause' }).focus();
    const running = {
      kind: 'load' as const,
      name: 'peak',
      stage: 'local',
      place: 'local' as const,
      runId: 'now',
      startedAt: new Date().toISOString(),
      plannedSeconds: { ramp: 30, hold: 90 },
    };
    await whileRunning(stage.bench.stateDirectory, running, async () => {
      await page.locator('.running').waitFor();
      expect(await focused(page)).toBe('Pause');
    });
    await page.locator('.running').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Pause');
  });

  it('does not leave what has the focus behind the header', async () => {
    const page = await open('#/alarms');
    await page.locator('.cards a').nth(40).focus();
    const header = page.locator('#header');
    for (let index = 0; index < 30; index += 1) {
      await page.keyboard.press('Shift+Tab');
      const box = await header.boundingBox();
      const top = await page.evaluate<number>('document.activeElement.getBoundingClientRect().top');
      expect(top).toBeGreaterThanOrEqual(box?.height ?? Infinity);
    }
  });

  it('shows the count of alarms and every page’s link on a telephone', async () => {
    const page = await open('#/', { viewport: { width: 390, height: 844 } });
    await goOff('system-01');
    await page.locator('nav .count').waitFor();
    const inside = await page.evaluate<boolean>(
      `[...document.querySelectorAll('nav a, nav .count')].every((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left >= 0 && right <= innerWidth;
      })`,
    );
    expect(inside).toBe(true);
  });

  it('says in words what it says in colours', async () => {
    await goOff('system-01');
    const page = await open('#/');
    const over = page.locator('#system-system-01 td.over').first();
    await over.waitFor();
    expect((await over.textContent())?.trim()).toBe('90 %, over the limit');
    expect(await over.getAttribute('title')).toBe('limit 80 %');
    expect(await page.getByRole('status').first().textContent()).toMatch(/^\d+ in alarm$/);
    await page.getByRole('link', { name: /^Alarms \d+ in alarm$/ }).click();
    await vi.waitFor(async () => expect(await page.title()).toMatch(/^\(\d+ in alarm\) Alarms – Headroom$/));
  });

  it('tells who is on call what tells, why, and the first commands to copy', async () => {
    await goOff('system-01');
    const page = await open('#/oncall');
    const call = page.locator('#call-local-system-01-databaseConnections');
    await call.waitFor();
    expect(await call.innerText()).toMatch(
      /system-01: Database connections\s+for \d+ s, since [\d:]+ UTC[\s\S]*Likely cause: the share of the database's connections/,
    );
    expect(await call.getByRole('link', { name: 'Runbook' }).getAttribute('href')).toBe(
      '/runbooks/databaseConnections?system=system-01',
    );
    const commands = await call.locator('code').allInnerTexts();
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(
      /^STAGE=local SYSTEM=system-01\nDOCUMENT=.*\nCLUSTER=.*\nDATABASE=.*\nADMIN=\$\([\s\S]*execute-statement/,
    );
    // A summary that tells nobody is not what somebody was woken by.
    expect(await page.locator('#call-local-system-01-ticket').count()).toBe(0);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await call.getByRole('button', { name: 'Copy' }).nth(1).click();
    await call.locator('[data-copied]').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(commands[1]);
  });

  it('draws an alarm without data as one that is not in alarm', async () => {
    await goOff('system-01');
    const page = await open('#/alarms');
    const border = (state: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.cards li.${state}')).borderLeftColor`);
    await page.locator('.cards li.insufficient_data').first().waitFor();
    expect(await border('insufficient_data')).not.toBe(await border('alarm'));
    expect(await border('ok')).not.toBe(await border('insufficient_data'));
  });

  it('shows a number before what it is of', async () => {
    const page = await open(fleetOverview);
    const number = page.locator('.numbers dd').first();
    await number.waitFor();
    const box = await number.boundingBox();
    const of = await page.locator('.numbers dt').first().boundingBox();
    expect(box?.x).toBeLessThan(of?.x ?? 0);
  });

  it('has all ten lines of a group in the legend without scrolling', async () => {
    const page = await open(application);
    const legend = page.locator('.widget', { hasText: 'system-01 to system-10' }).first().locator('.legend');
    await legend.waitFor();
    const hiddenPixels = await legend.evaluate((list) => list.scrollHeight - list.clientHeight);
    expect(hiddenPixels).toBe(0);
  });

  it('names what runs on a telephone’s plots, whatever ran before', async () => {
    for (const name of ['first', 'second', 'third', 'fourth']) {
      const run = exampleRunAt(Date.now() - 200_000);
      await stage.leave(`20261103-150000-${name}`, 'run.json', { ...run, profile: name });
    }
    const page = await open('#/', { viewport: { width: 390, height: 844 } });
    await page.evaluate(`
      window.drawn = new Set();
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        window.drawn.add(text);
        fillText.call(this, text, ...place);
      };`);
    const running = {
      kind: 'drill' as const,
      name: 'revoke-db-ingress',
      stage: 'local',
      place: 'local' as const,
      runId: 'now',
      startedAt: new Date(Date.now() - 60_000).toISOString(),
      plannedSeconds: null,
    };
    await whileRunning(stage.bench.stateDirectory, running, async () => {
      await page.locator('.running').waitFor();
      await page.evaluate(`location.hash = '${application}'`);
      await vi.waitFor(async () => expect(await page.evaluate('drawn.has("hold")')).toBe(true), 10_000);
      expect(await page.evaluate('drawn.has("revoke-db-ingress")')).toBe(true);
    });
  });
});
