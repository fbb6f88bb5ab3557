import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { UnsupportedError } from '../errors.ts';
import type { Point } from './points.ts';
import { RequestAssembler, type RequestSample } from './requests.ts';
import { evenSegments, parseSegment, parseSequence } from './executionSegment.ts';
import { Share, wholeShare } from './share.ts';
import { startFakeApi, type FakeApi } from './testing/fakeApi.ts';
import { runInline } from './testing/runInline.ts';

let api: FakeApi;
beforeAll(async () => {
  api = await startFakeApi();
});
afterAll(() => api.close());
beforeEach(() => api.answerWith((response) => response.end('ok')));

const after =
  (ms: number) =>
  (response: ServerResponse): void =>
    void setTimeout(() => response.end('ok'), ms);

const script = (scenario: string, body = "await http.asyncRequest('GET', __ENV.URL)"): string => `
  import http from 'k6/http';
  import { check } from 'k6';
  import exec from 'k6/execution';
  import { Counter, Rate, Trend } from 'k6/metrics';
  export const options = { maxRedirects: 0, scenarios: { a: { tags: { system: 'a' }, ${scenario} } } };
  export default async function () { ${body}; }
`;

function requestsOf(points: readonly Point[]): RequestSample[] {
  const samples: RequestSample[] = [];
  const assembler = new RequestAssembler((sample) => samples.push(sample));
  for (const point of points) assembler.add(point);
  return samples;
}

const named = (points: readonly Point[], metric: string): Point[] =>
  points.filter((point) => point.metric === metric);

/** When iterations were to begin, in order. */
const intendedStarts = (points: readonly Point[]): number[] =>
  named(points, 'iteration_duration')
    .map(({ timeMs, value, metadata }) => timeMs - value - Number(metadata['late']))
    .sort((a, b) => a - b);

const constant = (rate: number, duration: string, vus: string): string =>
  `executor: 'constant-arrival-rate', rate: ${rate}, duration: '${duration}', gracefulStop: '2s', ${vus}`;

test('the arrival rate is kept while the server stalls', async () => {
  api.answerWith(after(400));
  const { points, startMs } = await runInline(script(constant(50, '1s', 'preAllocatedVUs: 5, maxVUs: 50')), {
    URL: api.url,
  });
  const starts = intendedStarts(points).map((intendedMs) => intendedMs - startMs);
  expect(starts.sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, n) => expect.closeTo(n * 20, 1)),
  );
  expect(named(points, 'dropped_iterations')).toHaveLength(0);
});

test('the users that a scenario begins with are made before setup and the run, as in k6', async () => {
  const said = `${script(constant(10, '200ms', 'preAllocatedVUs: 2'), "console.log('runs')")}
    console.log(\`makes \${__VU}\`);
    export function setup() { console.log('sets up'); }`;
  const { lines } = await runInline(said);
  expect(lines).toEqual(['makes 0', 'makes 1', 'makes 2', 'makes 0', 'sets up', 'runs', 'runs']);
});

test('without a free user iterations are dropped and counted, none waits', async () => {
  api.answerWith(after(1_500));
  const { points, startMs } = await runInline(script(constant(20, '1s', 'preAllocatedVUs: 2, maxVUs: 4')), {
    URL: api.url,
  });
  expect(requestsOf(points)).toHaveLength(4);
  const dropped = named(points, 'dropped_iterations');
  expect(dropped).toHaveLength(16);
  expect(dropped[0]).toMatchObject({ tags: { scenario: 'a', system: 'a' }, value: 1 });
  expect((dropped[0] as Point).timeMs - startMs).toBeCloseTo(200, 0);
});

test('what the generator is late by is its own figure, and no latency of the system', async () => {
  const block = `
    if (exec.scenario.iterationInTest === 0) for (const end = Date.now() + 300; Date.now() < end;);
    await http.asyncRequest('GET', __ENV.URL)`;
  const { points, lateness, startMs } = await runInline(
    script(constant(20, '500ms', 'preAllocatedVUs: 10'), block),
    { URL: api.url },
  );
  const byStart = requestsOf(points).sort((a, b) => a.startMs - b.startMs);
  expect(byStart).toHaveLength(10);
  // The second was due 50 ms into the 300 ms during which the generator was busy.
  expect(intendedStarts(points)[1]! - startMs).toBeCloseTo(50, 0);
  expect(byStart[1]!.startMs - startMs).toBeGreaterThan(290);
  // Neither that, nor what the first did before it asked.
  for (const { latencyMs } of byStart) expect(latencyMs).toBeLessThan(240);
  expect(lateness.iterations).toBeGreaterThanOrEqual(2);
  expect(lateness.byMs?.max).toBeGreaterThan(240);
});

test('nothing begins once the time of a scenario is over: what is left is dropped, and the generator’s doing', async () => {
  const block = `
    if (exec.scenario.iterationInTest === 0) for (const end = Date.now() + 900; Date.now() < end;);
    await http.asyncRequest('GET', __ENV.URL)`;
  const { points, lateness, startMs } = await runInline(
    script(constant(20, '500ms', 'preAllocatedVUs: 10'), block),
    { URL: api.url },
  );
  expect(requestsOf(points)).toHaveLength(1);
  const dropped = named(points, 'dropped_iterations');
  expect(dropped).toHaveLength(9);
  expect(dropped[0]!.timeMs - startMs).toBeCloseTo(50, 0);
  expect(lateness.iterations).toBeGreaterThanOrEqual(9);
});

test('a ramp follows its schedule', async () => {
  const { points, startMs } = await runInline(
    script(
      "executor: 'ramping-arrival-rate', timeUnit: '1m', preAllocatedVUs: 5, stages: [{ duration: '1s', target: 2400 }, { duration: '500ms', target: 2400 }]",
    ),
    { URL: api.url },
  );
  const starts = intendedStarts(points).map((intendedMs) => intendedMs - startMs);
  expect(starts).toHaveLength(40);
  expect(starts.filter((start) => start > 1_000.5)).toHaveLength(20);
});

test('iterations of each kind: shared among users, or so many a user, each user with a module of its own', async () => {
  const body = 'count += 1; seen.add(count, { vu: String(__VU), iter: String(__ITER) })';
  const text = (executor: string): string =>
    script(`executor: '${executor}', vus: 3, iterations: 6`, body).replace(
      'export default',
      "const seen = new Counter('seen'); let count = 0; export default",
    );
  const perUser = named((await runInline(text('per-vu-iterations'))).points, 'seen');
  expect(perUser).toHaveLength(18);
  expect(perUser.map(({ value, tags }) => value - Number(tags['iter']))).toEqual(Array(18).fill(1));
  expect(new Set(perUser.map(({ tags }) => tags['vu'])).size).toBe(3);
  const shared = named((await runInline(text('shared-iterations'))).points, 'seen');
  expect(shared).toHaveLength(6);
});

test('checks, custom metrics and failed requests carry the tags of scenario, call and check', async () => {
  api.answerWith((response) => response.writeHead(503, { 'x-kind': 'teapot' }).end('{"a":1}'));
  const body = `
    const answer = await http.asyncRequest('GET', __ENV.URL, null, { tags: { name: 'call' } });
    check(answer, {
      'status is 200': (r) => r.status === 200,
      'header': (r) => r.headers['X-Kind'] === 'teapot',
      'body': (r) => r.json().a === 1,
    }, { name: 'call' });
    new_trend.add(7, { extra: 'yes' });`;
  const text = script("executor: 'per-vu-iterations', startTime: '100ms'", body).replace(
    'export default',
    "const new_trend = new Trend('mine'); export default",
  );
  const { points, startMs } = await runInline(text, { URL: api.url });
  expect(requestsOf(points)).toEqual([
    expect.objectContaining({
      system: 'a',
      name: 'call',
      status: 503,
      expectedStatus: false,
      failedChecks: ['status is 200'],
    }),
  ]);
  expect(named(points, 'checks').map(({ tags, value }) => [tags['check'], value])).toEqual([
    ['status is 200', 0],
    ['header', 1],
    ['body', 1],
  ]);
  // k6 takes the time once, before the first of them.
  expect(new Set(named(points, 'checks').map(({ timeMs }) => timeMs)).size).toBe(1);
  expect(named(points, 'mine')).toEqual([
    expect.objectContaining({ value: 7, tags: { scenario: 'a', group: '', system: 'a', extra: 'yes' } }),
  ]);
  expect(named(points, 'iteration_duration')[0]?.timeMs).toBeGreaterThan(startMs + 100);
});

test("no answer is status 0 with k6's code: refused, timed out, given up at the end", async () => {
  const refused = await runInline(script("executor: 'per-vu-iterations'"), { URL: 'http://127.0.0.1:1/' });
  expect(named(refused.points, 'http_reqs')[0]?.tags).toMatchObject({ status: '0', error_code: '1212' });
  api.answerWith(() => undefined);
  const slow = "await http.asyncRequest('GET', __ENV.URL, null, { timeout: '100ms' })";
  const timedOut = await runInline(script("executor: 'per-vu-iterations'", slow), { URL: api.url });
  expect(named(timedOut.points, 'http_reqs')[0]?.tags).toMatchObject({ status: '0', error_code: '1050' });
  expect(requestsOf(timedOut.points)[0]?.latencyMs).toBeGreaterThan(95);
  const scenario =
    "executor: 'constant-arrival-rate', rate: 10, duration: '200ms', preAllocatedVUs: 2, gracefulStop: '100ms'";
  const givenUp = await runInline(script(scenario), { URL: api.url });
  expect(requestsOf(givenUp.points).map(({ status }) => status)).toEqual([0, 0]);
  expect(givenUp.endMs - givenUp.startMs).toBeLessThan(1_000);
});

test('a stop ends the schedule and lets requests under way finish', async () => {
  api.answerWith(after(200));
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 500);
  const { points, startMs, endMs } = await runInline(
    script(constant(20, '1m', 'preAllocatedVUs: 10')),
    { URL: api.url },
    stop.signal,
  );
  expect(endMs - startMs).toBeLessThan(1_500);
  const samples = requestsOf(points);
  expect(samples.length).toBeGreaterThan(5);
  expect(samples.every(({ status }) => status === 200)).toBe(true);
});

test('what a script throws is reported with how often, and the run goes on', async () => {
  const body = "if (exec.scenario.iterationInTest % 2 === 0) throw new Error('odd one out')";
  const { thrown, lines } = await runInline(script("executor: 'shared-iterations', iterations: 5", body));
  expect([...thrown.byMessage]).toEqual([['odd one out', 3]]);
  expect(lines).toEqual(['a: an iteration threw: odd one out']);
});

const simple = "executor: 'per-vu-iterations'";

test('files are opened while the script is loaded, and never after', async () => {
  const text = script(simple, "check(typeof own === 'string', { own: (is) => is }); open(__ENV.SCRIPT)");
  const env = { SCRIPT: fileURLToPath(import.meta.url) };
  const { points, thrown } = await runInline(`const own = open(__ENV.SCRIPT);${text}`, env);
  expect(named(points, 'checks').map(({ value }) => value)).toEqual([1]);
  expect([...thrown.byMessage]).toEqual([['open(): only possible in the init context', 1]]);
});

test('a setup that throws at once has failed once, and is not reported as too long besides', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const text = script(simple).replace('maxRedirects: 0', "maxRedirects: 0, setupTimeout: '1ms'");
  const run = runInline(`${text} export function setup() { throw new Error('no role') }`);
  await expect(run).rejects.toThrow('setup(): no role');
  await once(AbortSignal.timeout(1), 'abort');
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test.each([
  ['randomSeed', "import { randomSeed } from 'k6';" + script(simple, 'randomSeed(1)'), 'k6.randomSeed'],
  ['a module', "import ws from 'k6/ws'; ws.connect;" + script(simple), 'module "k6/ws"'],
  ['an extension', "import sql from 'k6/x/sql'; sql.open;" + script(simple), 'module "k6/x/sql"'],
  [
    'a remote module',
    "import { x } from 'https://example.test/x.js'; x();" + script(simple),
    'remote module "https://example.test/x.js"',
  ],
  [
    'an executor',
    script("executor: 'externally-controlled'"),
    'executor "externally-controlled" of scenario "a"',
  ],
  ['an option', script(simple).replace('maxRedirects: 0', 'maxRedirects: 0, dns: {}'), 'options.dns'],
  ['a scenario option', script(`${simple}, options: {}`), 'options.scenarios.a.options'],
  [
    'a request parameter',
    script(simple, "await http.asyncRequest('GET', 'http://127.0.0.1', null, { compression: 'gzip' })"),
    'http params.compression',
  ],
  ['a timer', script(simple, 'setTimeout(() => {}, 1)'), 'setTimeout()'],
  [
    'a response member',
    script(simple, "(await http.asyncRequest('GET', __ENV.URL)).html()"),
    'response.html',
  ],
])('%s the engine lacks is refused by name', async (_what, text, message) => {
  const run = runInline(text, { URL: api.url });
  await expect(run).rejects.toThrow(UnsupportedError);
  await expect(run).rejects.toThrow(message);
});

test.each([
  ['a syntax error', 'export default async function ( {', 'script.ts:1'],
  ['a package', "import 'zod'; export default () => {};", 'cannot load "zod"'],
  [
    'a Node global',
    script(simple).replace('export const', 'Buffer.from("x"); export const'),
    'Buffer is not defined',
  ],
  ['a missing export', script(`${simple}, exec: 'other'`), '"other", which is not exported'],
  ['redirects', script(simple).replace('maxRedirects: 0', 'maxRedirects: -1'), 'options.maxRedirects'],
  [
    'a function of options',
    'export function options() {} export default () => {};',
    'options: expected an object',
  ],
  [
    'a text of options',
    "export const options = 'x'; export default () => {};",
    'options: expected an object',
  ],
  [
    'fewer users at most than at first',
    script("executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 3, maxVUs: 2"),
    'options.scenarios.a.maxVUs: expected at least the 3 of preAllocatedVUs',
  ],
  [
    'no rate',
    script("executor: 'constant-arrival-rate', duration: '1s', preAllocatedVUs: 1"),
    'options.scenarios.a.rate',
  ],
])('%s is a mistake of the script, named', async (_what, text, message) => {
  await expect(runInline(text)).rejects.toThrow(message);
});

/** What one instance does of a scenario, and what three with a third each. */
async function aloneAndTogether(scenario: string) {
  const body = "exec.vu.metrics.metadata['in'] = `${exec.vu.idInTest}/${exec.scenario.iterationInTest}`";
  const { segments, sequence } = evenSegments(3);
  const shares = segments.map((segment) => Share.of(parseSegment(segment), parseSequence(sequence)));
  const [alone, ...together] = await Promise.all(
    [wholeShare, ...shares].map(async (share) => {
      const { points, startMs } = await runInline(script(scenario, body), {}, undefined, share);
      const ids = named(points, 'iterations').map(({ metadata }) => metadata['in']?.split('/') ?? []);
      // On a machine that stands still for a moment, no user is free for all that are due then.
      const dropped = named(points, 'dropped_iterations').map(({ timeMs }) => timeMs);
      return {
        iterations: ids.map(([, iteration]) => Number(iteration)),
        users: [...new Set(ids.map(([user]) => user))],
        dueMs: [...intendedStarts(points), ...dropped].map((instantMs) => instantMs - startMs),
      };
    }),
  );
  const ascending = (values: readonly number[] = []): number[] => values.toSorted((a, b) => a - b);
  const users = together.flatMap((instance) => instance.users);
  expect(new Set(users).size).toBe(users.length);
  expect(alone?.iterations.length).toBeGreaterThan(5);
  return {
    iterations: {
      alone: ascending(alone?.iterations),
      together: ascending(together.flatMap(({ iterations }) => iterations)),
    },
    dueMs: {
      alone: ascending(alone?.dueMs),
      together: ascending(together.flatMap(({ dueMs }) => dueMs)),
    },
  };
}

test.each([
  ['constant', constant(60, '500ms', 'preAllocatedVUs: 7, maxVUs: 20')],
  [
    'ramping',
    `executor: 'ramping-arrival-rate', startRate: 20, preAllocatedVUs: 2, maxVUs: 10,
     stages: [{ duration: '300ms', target: 100 }, { duration: '200ms', target: 100 }]`,
  ],
  ['few users', constant(60, '500ms', 'preAllocatedVUs: 2')],
])(
  'of three instances together is due what is due of one alone, each once: %s',
  async (_executor, scenario) => {
    const { iterations, dueMs } = await aloneAndTogether(scenario);
    expect(dueMs.together).toEqual(dueMs.alone.map((atMs) => expect.closeTo(atMs, 1)));
    expect(new Set(iterations.together).size).toBe(iterations.together.length);
    expect(Math.max(...iterations.together)).toBeLessThan(dueMs.alone.length);
  },
);

test.each([
  ['shared', "executor: 'shared-iterations', vus: 4, iterations: 30"],
  ['each user', "executor: 'per-vu-iterations', vus: 4, iterations: 3"],
])('three instances run together what one does alone: %s', async (_executor, scenario) => {
  const { iterations } = await aloneAndTogether(scenario);
  expect(iterations.together).toEqual(iterations.alone);
});
