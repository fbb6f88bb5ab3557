import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runEmbedded, type EngineRun } from './embedded.ts';
import { loadScript } from './script.ts';
import { engineContext } from './testing/engineContext.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-embedded-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function run(options: string, body: string, enough = new AbortController().signal): Promise<EngineRun> {
  const path = join(directory, 'script.js');
  await writeFile(
    path,
    `import k6 from 'k6';
     import { Rate } from 'k6/metrics';
     const good = new Rate('good');
     export const options = { maxRedirects: 0, ${options} };
     export default async function () { ${body} }`,
  );
  const script = await loadScript(path, {}, () => undefined);
  const holdFrom = (startMs: number) => ({ startMs, endMs: startMs + 60_000 });
  return await runEmbedded(engineContext(script, 'a', holdFrom, enough));
}

const paced =
  "scenarios: { a: { executor: 'constant-arrival-rate', rate: 20, duration: '1m', preAllocatedVUs: 2 } }";

test('a threshold that aborts ends the run, which then is not complete, and says which it was', async () => {
  const thresholds =
    "thresholds: { good: [{ threshold: 'rate>0.5', abortOnFail: true, delayAbortEval: '1s' }] }";
  const { reason, abortedBy, startMs, endMs, recorder } = await run(`${paced}, ${thresholds}`, 'good.add(0)');
  expect(abortedBy).toEqual({ metric: 'good', expression: 'rate>0.5' });
  expect(reason).toBe('threshold good: rate>0.5 failed, and it aborts the run');
  expect(endMs - startMs).toBeLessThan(10_000);
  expect(recorder.thresholds(1_000)).toMatchObject([{ metric: 'good', ok: false, value: 0 }]);
});

test('a run that somebody calls enough ends early, and is whole', async () => {
  const enough = new AbortController();
  const running = run(paced, '', enough.signal);
  setTimeout(() => enough.abort(new Error('databaseCpu has crossed its limit')), 1_200);
  const { reason, endedEarly, abortedBy, startMs, endMs, recorder } = await running;
  expect({ reason, endedEarly, abortedBy }).toEqual({
    reason: null,
    endedEarly: 'databaseCpu has crossed its limit',
    abortedBy: null,
  });
  expect(endMs - startMs).toBeLessThan(10_000);
  expect(recorder.finish(endMs).systems[0]?.hold.intendedPerSecond).toBeGreaterThan(0);
});

test('what aborts a run waits for its first sample', async () => {
  // A count of nothing is below every limit: k6 does not ask before something was counted.
  const thresholds = "thresholds: { dropped_iterations: [{ threshold: 'count>0', abortOnFail: true }] }";
  const short = paced.replace("'1m'", "'2500ms'");
  expect(await run(`${short}, ${thresholds}`, '')).toMatchObject({ reason: null, abortedBy: null });
});

test('a run whose script threw is not complete', async () => {
  const { reason, cpuPercent } = await run(
    paced.replace("'1m'", "'200ms'"),
    "throw new TypeError('no such member')",
  );
  expect(reason).toBe('4 iterations threw, the first: no such member');
  expect(cpuPercent).toBeGreaterThan(0);
});

test('what the engine lacks ends every scenario at once', async () => {
  const scenario = (name: string): string =>
    `${name}: { executor: 'constant-arrival-rate', rate: 5, duration: '1m', preAllocatedVUs: 1 }`;
  const startedMs = performance.now();
  const failing = run(`scenarios: { ${scenario('a')}, ${scenario('b')} }`, 'k6.randomSeed(1)');
  await expect(failing).rejects.toThrow('k6.randomSeed: not supported by the embedded engine');
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
