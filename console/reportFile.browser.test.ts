import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notExercised } from '../monitoring/rehearsal.ts';
import { reportFile } from './reportFile.ts';
import { readRunFolder } from '../records/runFolder.ts';
import { reportOf } from './runs/summary.ts';
import { browserAvailable, launchBrowser, openPage } from './testing/browser.ts';
import type { SystemHeadroomRecord } from '../records/verdict.ts';
import {
  completeVerdict,
  exampleComparison,
  exampleDrill,
  exampleRun,
  exampleVerdict,
} from '../records/testing/examples.ts';

const [carried] = exampleVerdict.headroom as [SystemHeadroomRecord];
const verdict = {
  ...exampleVerdict,
  advice: completeVerdict.advice,
  unasked: ['legacy-1', 'legacy-2'].map((system) => ({
    system,
    lacks: 'adopt.database',
    signals: ['databaseCpu', 'databaseDisk'],
  })),
  disagreements: [
    { system: 'system-02', signal: 'functionMemory', kind: 'atConstantLoad', from: 33.2, to: 58.8 },
  ],
  headroom: [
    { ...carried, system: 'system-02', atLeast: 4, boundBy: 'databaseDisk', bindsFirst: 'databaseDisk' },
    carried,
  ],
};

const drillWithPicture = {
  ...exampleDrill,
  expectations: [
    ...exampleDrill.expectations,
    ...['system-01', 'system-02'].map((system) => ({
      step: 'recover',
      id: 'openings',
      title: 'connections opened within a second',
      system,
      unit: 'count',
      relation: '<=',
      limit: 5,
      measured: 4,
      outcome: 'met',
    })),
  ],
  timeline: [
    { step: 'steady', start: '2026-11-03T12:00:00.000Z', end: '2026-11-03T12:00:20.000Z' },
    { step: 'inject', start: '2026-11-03T12:00:20.000Z', end: '2026-11-03T12:00:21.000Z' },
    { step: 'observe', start: '2026-11-03T12:00:21.000Z', end: '2026-11-03T12:00:50.000Z' },
  ],
  seen: ['system-01', 'system-02'].map((system) => ({
    system,
    answers: [{ second: 22, right: 0, wrong: 0, unavailable: 6, refused: 0, other: 0 }],
    queue: [
      { second: 0, value: 0 },
      { second: 25, value: 8 },
    ],
    connections: [],
    page: [
      { second: 32, value: 'held back' },
      { second: 40, value: 'paged' },
    ],
    errorAlarm: [{ second: 30, value: 'ALARM' }],
    openings: [
      { second: 26, value: 4 },
      { second: 27, value: 1 },
    ],
  })),
};

describe.runIf(browserAvailable)('a report in a file', () => {
  let browser: Browser;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headroom-report-'));
    const leave = async (part: string, file: string, content: unknown) => {
      await mkdir(join(directory, part), { recursive: true });
      await writeFile(join(directory, part, file), JSON.stringify(content));
    };
    const hostile = '</script><script>document.title = "taken"</script>';
    await leave('peak', 'run.json', exampleRun);
    await leave('peak', 'verdict.json', verdict);
    await leave('peak', 'comparison.json', exampleComparison);
    await leave('drill', 'drill.json', { ...drillWithPicture, reason: hostile });
    const [load, drill] = await Promise.all(
      ['peak', 'drill'].map(async (part) => reportOf(part, await readRunFolder(join(directory, part)))!),
    );
    await writeFile(join(directory, 'report.html'), await reportFile('<the run>', [load!, drill!]));
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  it.each([
    ['light', 1_280],
    ['dark', 390],
  ] as const)(
    'shows every part with its plots, by itself, %s and %i pixels wide',
    async (colorScheme, width) => {
      const url = pathToFileURL(join(directory, 'report.html')).href;
      const { page, complaints } = await openPage(browser, url, {
        colorScheme,
        viewport: { width, height: 800 },
      });
      await page.locator('.drill-picture').first().waitFor();
      expect(await page.title()).toBe('<the run> – Headroom');
      expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual([
        expect.stringMatching(/^Peak and revoke-db-ingress\s+passed$/),
      ]);
      expect(await page.locator('.lead').first().innerText()).toMatch(
        /^peak passed system-01 keeps 20 % in reserve at the expected peak, as far as it was checked; the first to bind is database CPU of system-01, at about 1\.9 × that load \(1\.7 to 2\.2\)\.$/,
      );
      // Nothing but the answer before somebody asks for more.
      expect(await page.locator('canvas:visible, .figures .facts:visible').count()).toBe(0);
      expect(await page.getByText('Without adopt.database').isVisible()).toBe(false);
      await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
      await page.locator('canvas').nth(4).waitFor();
      expect(await page.locator('canvas').count()).toBe(5);
      const rows = page.locator('.drill-picture').first().getByRole('img');
      const labels = ['fault', '503 a second', 'queue', 'opened a second', 'alarm', 'page'];
      const names = labels.map((row) => `system-01: ${row}`);
      expect(await rows.locator('title').allTextContents()).toEqual(names);
      expect(await rows.locator('desc').allTextContents()).toEqual([
        'in place 20–21 s',
        'most 6',
        'most 8',
        'most 4, 5 in all; limit 5',
        'in alarm 30–50 s',
        'held back 32–40 s, paged 40–50 s',
      ]);
      const boxes = await page.evaluate<{ x: number; width: number }[]>(
        `[...document.querySelectorAll('.drill-picture')[0].querySelectorAll('svg')].map((svg) => {
          const box = (element) => element.getBoundingClientRect();
          const { left, width } = box(svg);
          const path = box(svg.querySelector('path'));
          return { x: (path.left - left) / width, width: path.width / width };
        })`,
      );
      const shares = [
        [20, 1],
        [22, 1],
        [25, 25],
        [26, 2],
        [30, 20],
        [40, 10],
      ] as const;
      for (const [index, [from, lasted]] of shares.entries()) {
        expect(boxes[index]?.x).toBeCloseTo(from / 50, 2);
        expect(boxes[index]?.width).toBeCloseTo(lasted / 50, 2);
      }
      // A fifth above the highest bar, from the one end to the other.
      const limit = await page.evaluate<
        Record<'top' | 'left' | 'width' | 'bar', number> & { stroke: string }
      >(
        `(() => {
          const svg = [...document.querySelectorAll('.drill-picture')[0].querySelectorAll('svg')].find((one) =>
            one.querySelector('.limit'));
          const box = (element) => element.getBoundingClientRect();
          const [whole, line, bars] = [svg, svg.querySelector('.limit'), svg.querySelector('path')].map(box);
          const middle = (line.top + line.bottom) / 2;
          return {
            top: (middle - whole.top) / whole.height,
            left: (line.left - whole.left) / whole.width,
            width: line.width / whole.width,
            bar: (bars.top - whole.top) / whole.height,
            stroke: getComputedStyle(svg.querySelector('.limit')).stroke,
          };
        })()`,
      );
      expect(limit).toMatchObject({ stroke: expect.stringMatching(/^rgb/) });
      expect([limit.top, limit.bar, limit.left, limit.width]).toEqual(
        [0, 0.2, 0, 1].map((one) => expect.closeTo(one, 1)),
      );
      const inked = await page.evaluate<number[]>(`[...document.querySelectorAll('canvas')].map((canvas) =>
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((value) => value > 0).length)`);
      for (const values of inked) expect(values).toBeGreaterThan(1_000);
      const text = (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('</script><script>');
      expect(text).toContain('4 questions not checked: the configuration lacks what they take');
      expect(text).toContain('Without adopt.database: database CPU, database disk (legacy-1, legacy-2)');
      expect(text).toContain('2 of 20 systems (10 %, seed 2026-11-03): system-01, system-02');
      for (const what of notExercised) expect(text).toContain(what);
      const [nearest] = await page
        .locator('tbody tr', { hasText: 'database cpu' })
        .filter({ hasText: '×' })
        .allInnerTexts();
      expect(nearest?.replaceAll(/\s+/g, ' ')).toMatch(
        /^system-01 1.72 × database cpu database cpu 1.91 × 1.72 to 2.2 × 1 ×$/i,
      );
      expect(text).toMatch(/database\.nodes 2 3 \+1,189 system-01 database CPU/i);
      expect(text).toMatch(
        /system-02 API function memory grew over the hold, at the same load: a leak\? 33 % 59 %/i,
      );
      expect(await page.getByRole('link').count()).toBe(0);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it('draws how many times its peak each system carries, the least first, and what it used at which load', async () => {
    const { page } = await openPage(browser, pathToFileURL(join(directory, 'report.html')).href);
    const rows = page.locator('.multiples .bars li:not(.scale)');
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(
        /^system-01\s+carries at least 1\.7 × its peak; database CPU binds first, at about 1\.9 × \(1\.7 to 2\.2\)$/,
      ),
      expect.stringMatching(/^system-02\s+carries /),
    ]);
    const share = (selector: string, side: 'left' | 'right'): Promise<number> =>
      page.evaluate<number>(`(() => {
        const box = (element) => element.getBoundingClientRect();
        const track = document.querySelector('.bars li:not(.scale) .track');
        return (box(track.querySelector('${selector}')).${side} - box(track).left) / box(track).width;
      })()`);
    const [axisEnd] = (await page.locator('.scale i').allInnerTexts()).slice(-1).map(Number);
    expect(await share('.solid', 'right')).toBeCloseTo(1.72 / axisEnd!, 2);
    expect(await share('.range', 'left')).toBeCloseTo(1.72 / axisEnd!, 2);
    expect(await share('.range', 'right')).toBeCloseTo(2.2 / axisEnd!, 2);
    expect(await page.locator('.uses td.binds').innerText()).toMatch(/41 %/);

    const plot = page.locator('.use-over-load').first();
    expect(await plot.locator('desc').textContent()).toBe(
      '22 % at 0.5 × of the peak, 41 % at 1 ×; limit 80 %, likely reached at 1.9 × (1.7 to 2.2)',
    );
    expect(await plot.locator('circle.held, circle.ramp').count()).toBe(2);
    const places = await plot.evaluate((figure) => {
      const of = (selector: string, name: string) =>
        Number(figure.querySelector(selector)?.getAttribute(name) ?? Number.NaN);
      return { held: of('circle.held', 'cx'), ramp: of('circle.ramp', 'cx'), peak: of('line.peak', 'x1') };
    });
    expect(places.held).toBeCloseTo(places.peak);
    expect(places.ramp).toBeLessThan(places.held);
    await page.context().close();
  });

  it('shows what differs from an earlier run, and folds what does not', async () => {
    const { page } = await openPage(browser, pathToFileURL(join(directory, 'report.html')).href);
    const row = page.getByRole('row', { name: 'all Latency p95' });
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toBe(
      'all Latency p95, typical second 30.5 ms 40.3 ms +32 % (+25 to +41) regression',
    );
    const same = page.locator('details', { hasText: 'Headroom of 1 system without a difference' });
    expect(await same.locator('table').isVisible()).toBe(false);
    await same.locator('summary').click();
    expect(await same.locator('table').innerText()).toMatch(/system-01\s+1\.8 ×\s+1\.7 ×/);
    await page.context().close();
  });

  it('is drawn in a browser whose language is no language tag', async () => {
    const context = await browser.newContext();
    await context.addInitScript(`
      Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en_US.UTF-8', configurable: true });
    `);
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(directory, 'report.html')).href);
    expect(await page.locator('h1').innerText()).toMatch(/^Peak and revoke-db-ingress/);
    await context.close();
  });

  it('has only its answer on paper, on white', async () => {
    const { page } = await openPage(browser, pathToFileURL(join(directory, 'report.html')).href, {
      colorScheme: 'dark',
    });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect(await page.locator('.multiples').first().isVisible()).toBe(true);
    expect(await page.locator('.figures').first().isVisible()).toBe(false);
    await page.context().close();
  });

  it('fits on sheets of A4, with nothing cut off at their edge or in two', async () => {
    const { page } = await openPage(browser, pathToFileURL(join(directory, 'report.html')).href, {
      // What is left of 210 mm between the margins.
      viewport: { width: Math.floor((182 / 25.4) * 96), height: 1_000 },
    });
    await page.emulateMedia({ media: 'print' });
    expect(
      await page.evaluate<string[]>(`[...document.querySelectorAll('#main *')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.outerHTML.slice(0, 80))`),
    ).toEqual([]);
    const whole = await page.evaluate<string[]>(
      `[...document.querySelectorAll('figure, tr')].map((one) => getComputedStyle(one).breakInside)`,
    );
    expect(new Set(whole)).toEqual(new Set(['avoid']));
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const sheets = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(
      sheets.map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))]),
    ).toEqual([...sheets].map(() => [595, 842]));
    // The answer with its chart, the comparison, and the drill's picture.
    expect(sheets.length).toBeGreaterThan(0);
    expect(sheets.length).toBeLessThanOrEqual(3);
    await page.context().close();
  });
});
