import { describe, expect, it, vi } from 'vitest';
import { signalIds } from '../monitoring/signals.ts';
import { whileRunning } from '../records/runningMarkers.ts';
import { browserAvailable } from './testing/browser.ts';
import { useConsoleInBrowser } from './testing/consoleInBrowser.ts';

const application = '#/dashboard/local-fleet-application';
const database = '#/dashboard/local-fleet-database';
const fleetOverview = '#/dashboard/local-fleet-overview';

describe.runIf(browserAvailable)('the console in a browser', () => {
  const stage = useConsoleInBrowser();
  const { open } = stage;

  it('shows the systems with what they use of each capacity', async () => {
    const page = await open('');
    const row = page.locator('#system-system-02');
    await row.waitFor();
    const text = await row.innerText();
    expect(text).toContain('of 30');
    expect(text.match(/\d %/g)).toHaveLength(signalIds.length);
    expect(await page.locator('.quiet').innerText()).toContain(
      `${stage.bench.alarmCount()} alarms are watching`,
    );
  });

  it('says where there is no run yet how to make the one that matters', async () => {
    const page = await open('');
    const hint = 'No load test or drill yet. In another terminal: npx headroom load rush';
    const said = (): Promise<string> => page.locator('.empty').innerText();
    await vi.waitFor(async () => expect(await said()).toBe(hint), 10_000);
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.locator('h1', { hasText: 'Runs' }).waitFor();
    expect(await said()).toBe(hint);
  });

  it('draws a dashboard with titles, units, limits and a legend in the systems’ colours', async () => {
    const page = await open(database);
    await page.locator('.uplot canvas').first().waitFor();
    expect(await page.locator('nav [aria-current]').innerText()).toBe('Database');
    const titles = await page.locator('figcaption').allInnerTexts();
    expect(titles[0]).toMatch(/^Database CPU: all systems\s*%$/);
    expect(titles.filter((title) => title.startsWith('Database connections'))).toHaveLength(1);
    const legend = page.locator('.widget.plot').first().locator('.legend li');
    await vi.waitFor(async () => {
      expect(await legend.allInnerTexts()).toEqual([
        expect.stringMatching(/^system-01\s+\d/),
        expect.stringMatching(/^system-02\s+\d/),
        expect.stringMatching(/^system-03\s+\d/),
      ]);
    });
    const colorOf = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
    const chip = await colorOf('.chips [data-action="system:system-02"] .chip');
    expect(chip).toBe('rgb(255, 127, 14)');
    expect(await colorOf('.legend [data-system="system-02"] .chip')).toBe(chip);
  });

  it('goes on by itself: a new value is there without reloading', async () => {
    const page = await open(database);
    const legend = page.locator('.widget.plot').first().locator('[data-system="system-03"]');
    await vi.waitFor(async () => expect(await legend.innerText()).toMatch(/\d/), 10_000);
    stage.bench.put('system-03', 'databaseCpu', 73.25);
    await vi.waitFor(async () => expect(await legend.innerText()).toMatch(/73\.[23]/), 10_000);
  });

  it('stands still when it is paused, and goes on', async () => {
    const page = await open(database);
    const legend = page.locator('.widget.plot').first().locator('[data-system="system-01"]');
    await vi.waitFor(async () => expect(await legend.innerText()).toMatch(/\d/), 10_000);
    await page.getByRole('button', { name: 'Pause' }).click();
    const drawn = () => page.evaluate<string>(`document.querySelector('canvas').toDataURL()`);
    const answered = () => page.waitForResponse((response) => response.url().includes('/api/series'));
    // The first answer after the click may still be one that was asked for before.
    for (let index = 0; index < 2; index += 1) await answered();
    const paused = await drawn();
    for (let index = 0; index < 2; index += 1) await answered();
    expect((await drawn()) === paused).toBe(true);
    await page.getByRole('button', { name: 'Paused: resume' }).click();
    await vi.waitFor(async () => expect((await drawn()) === paused).toBe(false), 10_000);
  });

  it('tells values under the cursor, and by arrow keys', async () => {
    const page = await open(`${application}?minutes=5`);
    const canvas = page.locator('.canvas').first();
    await page.locator('.uplot canvas').first().waitFor();
    await vi.waitFor(async () => {
      await canvas.hover({ position: { x: 600, y: 60 } });
      expect(await page.locator('.tooltip:visible').innerText()).toMatch(/UTC\s+system-0\d\s+\d+/);
    }, 10_000);
    await page.mouse.move(5, 5);
    await vi.waitFor(async () => expect(await page.locator('.tooltip:visible').count()).toBe(0));
    await canvas.focus();
    await page.keyboard.press('ArrowLeft');
    const first = await page.locator('.tooltip:visible b').innerText();
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.tooltip:visible b').innerText()).not.toBe(first);
  });

  it('draws a stretch out on every plot, and goes back to now', async () => {
    const page = await open(application);
    const over = page.locator('.u-over').first();
    await over.waitFor();
    const box = await over.boundingBox();
    if (!box) throw new Error('the plot is not on the page');
    await page.mouse.move(box.x + 300, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await page.locator('.zoom').waitFor();
    expect(page.url()).toMatch(/from=\d+&to=\d+/);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.zoom').waitFor({ state: 'detached' });
  });

  it('brings a system out everywhere, and keeps it from page to page', async () => {
    const page = await open(application);
    await page.locator('.uplot canvas').first().waitFor();
    await page.getByRole('button', { name: 'system-02' }).click();
    const faded = page.locator('.widget.plot').first().locator('.legend .faded');
    await vi.waitFor(async () => expect(await faded.count()).toBe(2));
    await page.getByRole('link', { name: 'Database', exact: true }).click();
    await vi.waitFor(async () => expect(await faded.count()).toBe(2));
    expect(page.url()).toContain('system=system-02');
  });

  it('tells of an alarm that goes off: in the title, on the pages, with its reason and runbook', async () => {
    const page = await open('#/');
    await page.locator('.quiet').waitFor();
    for (const ago of [1, 2, 3]) stage.bench.put('system-01', 'databaseConnections', 90, ago);
    await stage.bench.alarms.tick(Date.now());
    const alarm = page.locator('#alarm-local-system-01-databaseConnections');
    await alarm.waitFor();
    // The metric's alarm, and what sums up the tickets.
    expect(await page.title()).toBe('(2 in alarm) Headroom');
    expect(await page.locator('.count').innerText()).toBe('2');
    const text = await alarm.innerText();
    expect(text).toContain('system-01: Database connections');
    expect(text).toContain('connections in use reached 80 % or more in 3 of 3 periods of 10 s.');
    const state = page.locator('#system-system-01 .badge');
    await vi.waitFor(async () => expect(await state.innerText()).toBe('in alarm'));

    const [runbook] = await Promise.all([
      page.context().waitForEvent('page'),
      alarm.getByRole('link', { name: 'Runbook' }).click(),
    ]);
    await runbook.waitForLoadState();
    expect(await runbook.locator('h1').innerText()).toBe('Database connections');
    expect(await runbook.locator('pre').first().innerText()).toContain('STAGE=local SYSTEM=system-01');

    await page.goto(`${stage.bench.console.url}#/alarms`);
    await page.locator('.cards li').first().waitFor();
    expect(await page.locator('.cards li').count()).toBe(stage.bench.alarmCount());
    const order = page.locator('.cards li');
    expect(await order.nth(0).getAttribute('id')).toBe('alarm-local-system-01-ticket');
    expect(await order.nth(1).getAttribute('id')).toBe('alarm-local-system-01-databaseConnections');
  });

  it('shows the further pages of a large fleet as numbers beside the first of their kind', async () => {
    const page = await open('#/');
    await page.route('**/api/dashboards', async (route) => {
      const dashboards = (await (await route.fetch()).json()) as { name: string; title: string }[];
      const further = dashboards
        .filter(({ title }) => title !== 'Overview')
        .flatMap((one) =>
          [2, 3].map((number) => ({
            ...one,
            name: `${one.name}-${number}`,
            title: `${one.title} ${number}`,
          })),
        );
      await route.fulfill({ json: [...dashboards, ...further] });
    });
    // What they draw is the first one's.
    await page.route('**/api/series?*', (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/(dashboard=[\w-]+?)-[23]\b/, '$1'),
      }),
    );
    await page.reload();
    const kinds = page.locator('nav .kind');
    await vi.waitFor(async () =>
      expect((await kinds.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim())).toEqual([
        'Overview',
        'ApplicationApplication 2Application 3',
        'DatabaseDatabase 2Database 3',
      ]),
    );
    // Whoever sees the page sees the numbers alone; whoever hears it hears of what kind each is.
    const second = page.getByRole('link', { name: 'Database 2', exact: true });
    expect((await second.boundingBox())!.width).toBeLessThan(40);
    await second.click();
    await vi.waitFor(async () => expect(await second.getAttribute('aria-current')).toBe('page'));
    expect(page.url()).toContain(`${database}-2`);
    expect(await page.locator('nav [aria-current]').count()).toBe(1);
    const lines = await page.evaluate<number>(
      `new Set([...document.querySelectorAll('nav a')].map((link) => Math.round(link.getBoundingClientRect().top))).size`,
    );
    expect(lines).toBe(1);
  });

  it('shows composites: of what, with their own runbook, on the alarms page and as tiles', async () => {
    const page = await open('#/alarms');
    const ticket = page.locator('#alarm-local-system-01-ticket');
    await ticket.waitFor();
    const text = await ticket.innerText();
    expect(text).toContain('system-01: Tickets');
    expect(text).toMatch(/^because of Database connections$/m);
    expect(text).toContain('each cause has an alarm of its own');
    expect(await ticket.getByRole('link', { name: 'Runbook' }).getAttribute('href')).toBe(
      '/runbooks/ticket?system=system-01',
    );
    expect(await page.locator('#alarm-local-fleet-affected').innerText()).toContain('Whole fleet affected');

    await page.goto(`${stage.bench.console.url}${fleetOverview}`);
    const tiles = page.locator('.widget.alarms', { hasText: 'Tickets' }).locator('li');
    await vi.waitFor(async () => expect(await tiles.count()).toBe(3), 5_000);
    const states = await tiles.locator('.badge:not(.held)').allInnerTexts();
    expect(states).toEqual(['in alarm', 'ok', 'ok']);
    expect(await tiles.last().innerText()).toMatch(/none of its \d+ causes is in alarm/);
    expect(await page.locator('.grid').innerText()).not.toContain('no such alarm');
  });

  it('says when a page is held back, and by what', async () => {
    const page = await open('#/');
    for (const ago of [0, 1]) {
      // Fewer are no page.
      for (let answer = 0; answer < 10; answer += 1) stage.bench.put('system-03', 'errorRate', 60, ago);
      stage.bench.putFleet('unhealthyShare', 60, ago);
    }
    // Alarms are looked at once a period: the one that runs now is over.
    const nextMs = Date.now() + 10_000;
    await stage.bench.alarms.tick(nextMs);
    const held = page.locator('#alarm-local-system-03-page');
    await held.waitFor();
    expect(await held.innerText()).toContain('suppressed by “Whole fleet affected”');
    expect(await held.locator('.held').getAttribute('title')).toContain('notifies instead');
    const reason = await held.locator('.reason').innerText();
    expect(reason).toMatch(/^because of Error rate, critical\b/);
    expect(reason).toContain('Failed answers');
    // Who tells comes first, then who is held back, then what they are made of.
    const order = await page.evaluate<string[]>(
      `[...document.querySelectorAll('#overview-alarms li')].map((item) => item.id)`,
    );
    const places = ['fleet-affected', 'system-03-page', 'system-03-errorRate-critical'].map((name) =>
      order.indexOf(`alarm-local-${name}`),
    );
    expect(places[0]).toBe(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('tells what runs, and marks it on the plots', async () => {
    const page = await open(`${application}?minutes=5`);
    await page.locator('.uplot canvas').first().waitFor();
    /** Whether the plot's background is painted there, a minute before its right edge. */
    const painted = () =>
      page.evaluate<boolean>(`(() => {
        const plot = document.querySelector('canvas');
        const copy = new OffscreenCanvas(60, 1).getContext('2d', { willReadFrequently: true });
        copy.drawImage(plot, 170 - plot.width, -Math.round(plot.height / 3));
        const { data } = copy.getImageData(0, 0, 60, 1);
        return [...data].filter((alpha, index) => index % 4 === 3 && alpha > 0).length > 55;
      })()`);
    await vi.waitFor(async () => expect(await painted()).toBe(false));
    const running = {
      kind: 'load' as const,
      name: 'peak',
      stage: 'local',
      place: 'local' as const,
      runId: 'now',
      startedAt: new Date(Date.now() - 100_000).toISOString(),
      plannedSeconds: { ramp: 30, hold: 90 },
    };
    await whileRunning(stage.bench.stateDirectory, running, async () => {
      await page.locator('.running').waitFor();
      expect(await page.locator('.running').innerText()).toMatch(/Load test peak\s+hold, 7\d s of 90 s/);
      await vi.waitFor(async () => expect(await painted()).toBe(true), 10_000);
    });
    await page.locator('.running').waitFor({ state: 'detached' });
    await vi.waitFor(async () => expect(await painted()).toBe(false), 10_000);
  });

  it('says when the stage is away, and goes on when it is back', async () => {
    const page = await open('#/');
    await page.locator('#system-system-01').waitFor();
    await stage.bench.console.close();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('.clock').innerText()).toBe('no answer');
    await stage.bench.restart();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    // What the browser says of the refused connections belongs to this test.
    stage.forgive();
  });
});
