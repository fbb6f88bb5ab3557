import { afterAll, beforeAll, expect, test } from 'vitest';
import { UnsupportedError } from '../../errors.ts';
import type { Point } from '../points.ts';
import { wholeShare } from '../share.ts';
import { startContractServer } from '../testing/contractServer.ts';
import { runInline } from '../testing/runInline.ts';
import { mostThreads } from './threadedRunner.ts';

let server: Awaited<ReturnType<typeof startContractServer>>;
beforeAll(async () => {
  server = await startContractServer();
});
afterAll(() => server.close());

const script = (scenario: string, body: string): string => `
  import http from 'k6/http';
  import { sleep } from 'k6';
  import { Counter } from 'k6/metrics';
  const seen = new Counter('seen');
  export const options = { scenarios: { a: { ${scenario} } } };
  export default function () { ${body}; }
`;

const valuesOf = (points: readonly Point[], metric: string): number[] =>
  points.filter((point) => point.metric === metric).map(({ value }) => value);

const shortly = "executor: 'constant-vus', vus: 2, duration: '100ms', gracefulStop: '0s'";

test('more users than may have a thread are refused before anything is sent, with what to do', async () => {
  const many = `executor: 'constant-vus', duration: '1s', vus: ${mostThreads + 1}`;
  const run = runInline(script(many, 'sleep(1)'));
  await expect(run).rejects.toThrow(UnsupportedError);
  await expect(run).rejects.toThrow(`${mostThreads + 1} virtual users whose calls wait`);
});

test('a script that never ends is ended with its scenario', async () => {
  const scenario = "executor: 'constant-vus', vus: 2, duration: '400ms', gracefulStop: '0s'";
  const body = "seen.add(1); http.get(__ENV.URL + '/ok'); for (;;);";
  const { points, startMs, endMs } = await runInline(script(scenario, body), { URL: server.url });
  expect(valuesOf(points, 'seen')).toEqual([1, 1]);
  expect(valuesOf(points, 'iterations')).toEqual([]);
  expect(endMs - startMs).toBeLessThan(5_000);
});

test('a request that is given up is one without an answer, and its iteration goes no further', async () => {
  const body = "http.get(__ENV.URL + '/slow?ms=20000'); seen.add(1)";
  const { points } = await runInline(script(shortly, body), { URL: server.url });
  const requests = points.filter(({ metric }) => metric === 'http_reqs');
  expect(requests.map(({ tags }) => tags['status'])).toEqual(['0', '0']);
  expect(valuesOf(points, 'seen')).toEqual([]);
  expect(valuesOf(points, 'iterations')).toEqual([]);
});

test('a stop reaches users that sleep', async () => {
  const stop = new AbortController();
  let asleep = 0;
  const onLine = (line: string): void => {
    if (line === 'asleep' && ++asleep === 2) stop.abort(new Error('enough'));
  };
  const scenario = "executor: 'constant-vus', vus: 2, duration: '1h', gracefulStop: '100ms'";
  const body = "seen.add(1); console.log('asleep'); sleep(3600)";
  const { points, startMs, endMs } = await runInline(
    script(scenario, body),
    {},
    stop.signal,
    wholeShare,
    onLine,
  );
  expect(valuesOf(points, 'seen')).toEqual([1, 1]);
  expect(endMs - startMs).toBeLessThan(20_000);
});

test('a user that takes memory without end ends the run, and what was measured until then is told', async () => {
  const grow =
    "seen.add(1); http.get(__ENV.URL + '/ok'); for (const all = []; ;) all.push(new Array(1e5).fill(0.5))";
  const { points, aborted } = await runInline(script("executor: 'per-vu-iterations'", grow), {
    URL: server.url,
  });
  expect(aborted).toMatch(/^the thread of a virtual user ended: .*memory/);
  expect(valuesOf(points, 'seen')).toEqual([1]);
  expect(valuesOf(points, 'http_reqs')).toEqual([]);
});

test('what the engine lacks ends the run from within a thread, by its name', async () => {
  const run = runInline(script("executor: 'per-vu-iterations'", "http.get(__ENV.URL + '/ok').html()"), {
    URL: server.url,
  });
  await expect(run).rejects.toThrow(UnsupportedError);
  await expect(run).rejects.toThrow('response.html: not supported by the embedded engine');
});

test('a user takes a thread anew whose last one was ended in a ramp', async () => {
  const ramp = `executor: 'ramping-vus', startVUs: 1, gracefulRampDown: '0s', stages: [
    { duration: '300ms', target: 1 }, { duration: '0s', target: 0 }, { duration: '100ms', target: 0 },
    { duration: '0s', target: 1 }, { duration: '900ms', target: 1 }], gracefulStop: '0s'`;
  const { points } = await runInline(script(ramp, 'seen.add(__VU); sleep(60)'));
  expect(valuesOf(points, 'seen')).toEqual([1, 2]);
});
