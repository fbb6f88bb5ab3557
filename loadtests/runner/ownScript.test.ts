import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { ScriptError } from '../errors.ts';
import { runLoad, type LoadOptions } from './load.ts';
import { summaryLines } from './summary.ts';
import { seedAll, startFakeApi, type FakeApi } from './testing/fakeApi.ts';
import { loadOptions } from './testing/loadOptions.ts';
import { calledWith, installPlayingK6, playedIteration } from './testing/playingK6.ts';
import { systemAt } from './testing/systems.ts';

let directory: string;
let api: FakeApi;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-own-'));
  api = await startFakeApi();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await api.close();
  await rm(directory, { recursive: true });
});

interface Run extends Partial<LoadOptions> {
  text?: string;
  systems?: LoadOptions['systems'];
  held?: boolean;
  unjudged?: boolean;
}

/** Runs the text as `checkout.ts`, held for its first second where nothing else is said. */
async function load({
  text = '',
  systems = [systemAt('shop', api.url, 10)],
  held = true,
  unjudged = false,
  ...more
}: Run = {}): Promise<RunFile> {
  const path = join(directory, 'checkout.ts');
  await writeFile(path, text);
  const script = { path, isHeld: held, isUnjudged: unjudged };
  const what = { profile: 'checkout.ts', systems, runDirectory: join(directory, 'run-1') };
  return runLoad(loadOptions(what, { script, rampSeconds: 0, holdSeconds: 1, ...more }));
}

const twoShops = (): LoadOptions['systems'] =>
  ['shop-1', 'shop-2'].map((name) => systemAt(name, api.url, 10));

/** As k6 2 prints the options of a script that says `vus` and `duration`. */
const inspected = {
  paused: null,
  vus: 3,
  duration: '4s',
  stages: null,
  scenarios: {
    default: {
      executor: 'constant-vus',
      startTime: null,
      gracefulStop: null,
      env: null,
      exec: null,
      tags: null,
      options: null,
      vus: 3,
      duration: '4s',
    },
  },
  thresholds: {
    basket_value: ['avg>10', 'p(95)<100'],
    bought: ['rate>0.5'],
    'orders{kind:new}': ['count>1'],
    checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '10s' }],
  },
  systemTags: ['url', 'name'],
  tags: { release: 'blue' },
  totalDuration: '34s',
  maxVUs: 3,
};

describe('by k6', () => {
  beforeEach(() => vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter)));

  test('a script is read by k6 alone, whatever it is, and its own metrics are judged', async () => {
    const tags = { scenario: 'default', system: 'shop', release: 'blue' };
    await installPlayingK6(directory, {
      inspected,
      types: { bought: 'counter', orders: 'counter', checks: 'rate' },
      points: [0, 1, 2, 3].flatMap((second) => [
        ...playedIteration(second, second * 1_000 + 8, tags, {
          basket_value: 20 + second,
          bought: 2,
          checks: 1,
        }),
        { metric: 'orders', atMs: second * 1_000 + 9, value: 1, tags: { ...tags, kind: 'new' } },
      ]),
    });
    const run = await load({
      text: 'import "https://somewhere.example/k6.js"; @@@ no JavaScript',
      engine: 'auto',
    });
    expect(run).toMatchObject({ profile: 'checkout.ts', paced: true, engine: { name: 'k6' } });
    expect(run.script).toMatchObject({
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
      scenarios: [{ name: 'default', executor: 'constant-vus', scheduled: false }],
      unattributed: { requests: 0, iterations: 0 },
    });
    expect(run.thresholds).toEqual([
      { metric: 'basket_value', expression: 'avg>10', ok: true, value: 21.5 },
      { metric: 'basket_value', expression: 'p(95)<100', ok: true, value: expect.closeTo(22.85, 1) },
      // A counter after all: so many a second.
      { metric: 'bought', expression: 'rate>0.5', ok: true, value: expect.any(Number) },
      { metric: 'orders{kind:new}', expression: 'count>1', ok: true, value: 4 },
      { metric: 'checks', expression: 'rate>0.9', ok: true, value: 1 },
    ]);
    expect(run.thresholds[2]?.value).toBeGreaterThan(1);
    expect(run.systems[0]?.series.slice(0, 4).map(({ intended, statuses }) => [intended, statuses])).toEqual(
      Array.from({ length: 4 }, () => [0, { '200': 1 }]),
    );
    const asked = await calledWith(directory, 'inspect');
    expect(asked.args).toEqual([
      'inspect',
      '--execution-requirements',
      '--include-system-env-vars',
      join(directory, 'checkout.ts'),
    ]);
    expect(asked.env).toMatchObject({
      HEADROOM_URL: api.url,
      HEADROOM_SYSTEM: 'shop',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    });
    // Tags of the command line take the place of the script's: both are named.
    const { args } = await calledWith(directory, 'run');
    expect(args.join(' ')).toContain('--tag release=blue --tag system=shop');
  });

  test('of several systems the script says which a request is for, and what it does not say is counted', async () => {
    const point = (iter: number, system: Record<string, string>) =>
      playedIteration(iter, iter * 1_000 + 8, { scenario: 'default', ...system });
    await installPlayingK6(directory, {
      inspected,
      points: [
        ...point(0, { system: 'shop-1' }),
        ...point(1, { system: 'shop-2' }),
        ...point(2, {}),
        ...point(3, { system: 'bank' }),
      ],
    });
    const run = await load({ text: '// tags: { system }', systems: twoShops(), engine: 'k6' });
    expect(run.script?.unattributed).toEqual({ requests: 2, iterations: 0 });
    const requests = run.systems.map(({ series }) =>
      series.flatMap(({ statuses }) => Object.values(statuses)),
    );
    expect(requests).toEqual([[1], [1]]);
    expect(summaryLines(run)).toContain(
      '  2 requests count for none of these systems: their tag "system" names none of them',
    );
    const { args, env } = await calledWith(directory, 'run');
    expect(args).not.toContain('--tag');
    expect(env).not.toHaveProperty('HEADROOM_URL');
    expect(JSON.parse(env['HEADROOM_TARGETS'] ?? '')).toMatchObject([
      { system: 'shop-1' },
      { system: 'shop-2' },
    ]);
  });

  test('a script that k6 cannot load is said in its words, before anything runs', async () => {
    await installPlayingK6(directory, {});
    await expect(load({ engine: 'k6' })).rejects.toThrow(ScriptError);
    await expect(load({ engine: 'k6' })).rejects.toThrow(/k6 cannot load it: .*nonsense is not defined/);
    await expect(calledWith(directory, 'run')).rejects.toThrow('ENOENT');
  });

  test.each([
    ['the script aborted the test', 108, { complete: false, reason: 'the script aborted the test' }],
    ['the script marked the test as failed', 110, { complete: true }],
  ])('%s', async (_, exitCode, expected) => {
    const points = [0, 1, 2].flatMap((second) =>
      playedIteration(second, second * 1_000, { scenario: 'default', system: 'shop' }, { checks: 1 }),
    );
    const withoutOwn = { ...inspected, thresholds: {} };
    await installPlayingK6(directory, { inspected: withoutOwn, points, exitCode });
    const run = await load({ engine: 'k6', held: false, unjudged: true });
    expect(run).toMatchObject({ paced: false, ...expected });
    expect(run.thresholds.map(({ metric, ok }) => [metric, ok])).toEqual(
      exitCode === 110 ? [['exec.test.fail', false]] : [],
    );
  });

  test('a counter of the script that nobody added to is zero, and not unknown', async () => {
    const points = playedIteration(0, 8, { scenario: 'default', system: 'shop' });
    const thresholds = { lost_baskets: ['count<10'] };
    await installPlayingK6(directory, { inspected: { ...inspected, thresholds }, points });
    const run = await load({ engine: 'k6', held: false, unjudged: true });
    expect(run.thresholds).toEqual([{ metric: 'lost_baskets', expression: 'count<10', ok: true, value: 0 }]);
  });

  test('iterations that threw are counted from its log: none is known, too', async () => {
    const points = [0, 1, 2, 3].flatMap((second) =>
      playedIteration(second, second * 1_000 + 8, { scenario: 'default', system: 'shop' }),
    );
    const threw = { level: 'error', executor: 'constant-vus', scenario: 'default', source: 'stacktrace' };
    const logs = [
      { ...threw, msg: 'Error: no basket\n\tat file:///checkout.ts:3:9(7)\n' },
      { level: 'error', source: 'console', msg: 'said by the script' },
    ];
    const withoutOwn = { ...inspected, thresholds: {} };
    await installPlayingK6(directory, { inspected: withoutOwn, points, logs });
    expect(await load({ engine: 'k6' })).toMatchObject({ complete: true, script: { exceptions: 1 } });
    await installPlayingK6(directory, { inspected: withoutOwn, points });
    expect((await load({ engine: 'k6' })).script?.exceptions).toBe(0);
    // Nobody may take a log that is not understood for that of a script which never throws.
    await installPlayingK6(directory, { inspected: withoutOwn, points, executorField: 'kind' });
    const unread = await load({ engine: 'k6' });
    expect(unread).toMatchObject({ complete: true });
    expect(unread.script).not.toHaveProperty('exceptions');
  });

  test.each([
    [
      'of an executor of which nothing is known',
      { executor: 'moon-phases' },
      'nothing is known of its executor',
    ],
    [
      'of which an option is not understood',
      { executor: 'constant-arrival-rate', rate: 'often', duration: '4s', preAllocatedVUs: 3 },
      'its option rate is not understood',
    ],
  ])('a scenario %s is not taken for a closed loop', async (_, scenario, why) => {
    const points = [0, 1, 2, 3].flatMap((second) =>
      playedIteration(second, second * 1_000 + 8, { scenario: 'tides', system: 'shop' }),
    );
    const scenarios = { tides: scenario };
    await installPlayingK6(directory, { inspected: { ...inspected, scenarios, thresholds: {} }, points });
    await expect(load({ engine: 'k6' })).rejects.toThrow(
      `checkout.ts: it is not known when iterations of its scenario "tides" are due: ${why}`,
    );
    await expect(calledWith(directory, 'run')).rejects.toThrow('ENOENT');
    const run = await load({ engine: 'k6', unjudged: true });
    expect(run.script?.scenarios).toEqual([{ name: 'tides', executor: scenario.executor, scheduled: null }]);
    // Each of them was intended, whenever.
    expect(run.systems[0]?.series.reduce((sum, { intended }) => sum + intended, 0)).toBe(4);
  });

  test('a closed loop that is over before its hold is no whole run', async () => {
    const points = playedIteration(0, 8, { scenario: 'default', system: 'shop' });
    await installPlayingK6(directory, { inspected: { ...inspected, thresholds: {} }, points });
    const run = await load({ engine: 'k6', rampSeconds: 1, holdSeconds: 3 });
    expect(run.complete).toBe(false);
    expect(run.reason).toMatch(/^the script ended \d s before the end of its hold$/);
  });
});

const browse = new URL('../../examples/orders/scripts/browse.ts', import.meta.url);

const plain = (
  options: string,
  call = "await http.asyncRequest('GET', __ENV.HEADROOM_URL + '/closed')",
): string => `
import http from 'k6/http';
import { check } from 'k6';
import { Trend } from 'k6/metrics';
const size = new Trend('size');
export const options = { maxRedirects: 0, ${options} };
export default async function () {
  const answer = ${call};
  check(answer, { 'is refused': ({ status }) => status === 403 });
  size.add(answer.body.length);
}`;

const arrivals = (seconds: number): string =>
  `scenarios: { visits: { executor: 'constant-arrival-rate', rate: 10, duration: '${seconds}s', preAllocatedVUs: 5 } }`;

describe('by the embedded engine', () => {
  test('a script is about the one system that is loaded, and its own metrics are judged', async () => {
    const text = plain(`${arrivals(2)}, thresholds: { size: ['max<1'], 'checks{system:shop}': ['rate==1'] }`);
    const run = await load({ text, rampSeconds: 1 });
    expect(run).toMatchObject({
      profile: 'checkout.ts',
      engine: { name: 'embedded' },
      complete: true,
      script: { scenarios: [{ name: 'visits', executor: 'constant-arrival-rate', scheduled: true }] },
    });
    expect(run.thresholds.map(({ metric, ok }) => [metric, ok])).toEqual([
      ['size', false],
      ['checks{system:shop}', true],
    ]);
    const [shop] = run.systems;
    expect(shop?.hold.intendedPerSecond).toBeGreaterThan(8);
    expect(shop?.hold.requests).toBeGreaterThan(5);
    expect(Date.parse(run.windows.hold.start) - Date.parse(run.windows.run.start)).toBe(1_000);
  });

  test('the example is one of those scripts: it waits, checks, and has a metric and a variable of its own', async () => {
    vi.stubEnv('SECONDS', '1');
    api.answerWith((response) => {
      response.end('{"orderId":1,"item":"An order for tests","quantity":1}');
    });
    const script = { path: fileURLToPath(browse), isHeld: true, isUnjudged: false };
    const what = {
      profile: 'browse.ts',
      systems: [systemAt('shop', api.url, 20)],
      runDirectory: join(directory, 'run-1'),
    };
    const run = await runLoad(loadOptions(what, { script, rampSeconds: 0, holdSeconds: 1 }));
    expect(run).toMatchObject({ complete: true, reason: null });
    // Each of the visitors, ten and a half a second, looks twice.
    const looks = run.systems[0]?.series.reduce((sum, { statuses }) => sum + (statuses['200'] ?? 0), 0) ?? 0;
    expect([looks > 10, looks % 2]).toEqual([true, 0]);
    expect(run.thresholds.map(({ metric, value }) => [metric, value])).toEqual([
      ['checks', 1],
      ['http_req_duration', expect.any(Number)],
      ['order_size_bytes', 54],
    ]);
  });

  test('iterations that throw are counted: what they would have checked nobody knows', async () => {
    const text = plain(
      arrivals(1),
      "http.fail(await http.asyncRequest('GET', __ENV.HEADROOM_URL + '/closed'))",
    );
    const run = await load({ text });
    expect(run).toMatchObject({ complete: true, checks: [] });
    expect(run.script?.exceptions).toBeGreaterThan(5);
    expect(run.systems[0]?.hold.requests).toBeGreaterThan(5);
  });

  test('the messages that the system expects are sent beside it, unless they are left out', async () => {
    const sns = new SNSClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1' });
    const shop = systemAt('shop', api.url, 10);
    const systems = [{ ...shop, expectedPeak: { ...shop.expectedPeak, messagesPerSecond: 4 } }];
    const text = plain(arrivals(1));
    const run = await load({ text, systems, sns });
    // Nobody is there to take them.
    expect(run.systems[0]?.messages?.hold).toMatchObject({ acknowledged: 0 });
    expect(run.systems[0]?.messages?.hold.intendedPerSecond).toBeGreaterThan(2);
    expect(run.systems[0]?.messages?.hold.unresolved).toBeGreaterThan(0);
    expect(run.systems[0]?.hold.requests).toBeGreaterThan(5);
    const without = await load({ text, systems, sns, withoutMessages: true });
    expect(without.systems[0]).not.toHaveProperty('messages');
  });

  test('a script with a schedule that is over before its hold is no whole run, though it may run', async () => {
    const rare = arrivals(2).replace('rate: 10', "rate: 1, timeUnit: '2s'");
    const cut = await load({ text: plain(rare), holdSeconds: 4, unjudged: true });
    expect(cut).toMatchObject({
      complete: false,
      reason: 'the script ended 2 s before the end of its hold',
    });
    // Its one iteration is over at once: it is the schedule that lasts.
    expect(await load({ text: plain(rare), holdSeconds: 2 })).toMatchObject({ complete: true });
  });

  test('a stop ends what comes before the start, too', async () => {
    const text = `
      import { sleep } from 'k6';
      export const options = { ${arrivals(1)} };
      export function setup() { console.log('waits'); sleep(50); }
      export default function () {}`;
    const stop = new AbortController();
    const onProgress = (line: string): void => {
      if (line === 'waits') stop.abort(new Error('interrupted'));
    };
    await expect(load({ text, signal: stop.signal, onProgress })).rejects.toThrow('interrupted');
  });

  test('what was left out of the load is not told to the script', async () => {
    const text = plain(
      arrivals(1),
      "await http.asyncRequest('GET', JSON.parse(__ENV.HEADROOM_TARGETS).at(-1).url + '/closed')",
    );
    const sns = new SNSClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1' });
    seedAll(api);
    const gone = { ...systemAt('gone', 'http://127.0.0.1:1/prod', 10), topicArn: undefined };
    const script = { path: join(directory, 'checkout.ts'), isHeld: true, isUnjudged: false, isSeeded: true };
    const before = api.requests();
    const run = await load({ text, systems: [systemAt('shop', api.url, 10), gone], sns, script });
    expect(run.notLoaded?.map(({ system }) => system)).toEqual(['gone']);
    expect(run.systems[0]?.hold.requests).toBeGreaterThan(5);
    expect(api.requests() - before).toBeGreaterThan(5);
  });

  test.each([
    [
      'it ends after 1 s, before its hold does (3 s): shorten the hold, or let the script run longer',
      plain(arrivals(1)),
      1,
    ],
    [
      'it does not say which of the 2 systems its requests are for: name one with --system, or set the tag "system" on its scenarios or requests',
      plain(arrivals(1)),
      2,
    ],
  ])('refuses what no gate could judge, before it runs: %s', async (problem, text, count) => {
    const systems = twoShops().slice(0, count);
    await expect(load({ text, systems, holdSeconds: count === 1 ? 3 : 1 })).rejects.toThrow(
      `checkout.ts: ${problem}; or use --unjudged`,
    );
    expect(api.requests()).toBe(0);
    await expect(load({ text, systems, held: false, unjudged: true })).resolves.toMatchObject({
      paced: false,
    });
  });
});
