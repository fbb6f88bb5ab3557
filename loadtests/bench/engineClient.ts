/** The embedded engine with a script of one request and two checks: `engineClient.ts URL RATE SECONDS`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEmbedded } from '../runner/embedded.ts';
import { loadScript } from '../runner/script.ts';
import { wholeShare } from '../runner/share.ts';
import { engineContext } from '../runner/testing/engineContext.ts';
import { warmUpSeconds, type Measured } from './measured.ts';

const [url = '', rate = '500', seconds = '10'] = process.argv.slice(2);
const duration = warmUpSeconds + Number(seconds);
const directory = await mkdtemp(join(tmpdir(), 'headroom-bench-'));
const path = join(directory, 'script.ts');
await writeFile(
  path,
  `import { check } from 'k6';
   import http from 'k6/http';
   export const options = { maxRedirects: 0, scenarios: { a: {
     executor: 'constant-arrival-rate', rate: ${rate}, timeUnit: '1s', duration: '${duration}s',
     preAllocatedVUs: 50, maxVUs: 2_000, tags: { system: 'a' } } } };
   export default async function () {
     const answer = await http.asyncRequest('GET', '${url}');
     check(answer, { 'is 200': (a) => a.status === 200, 'is ok': (a) => a.body.includes('ok') });
   }`,
);
const script = await loadScript(path, {}, () => undefined);
await script.prepare(wholeShare);
const holdFrom = (startMs: number) => ({
  startMs: startMs + warmUpSeconds * 1_000,
  endMs: startMs + duration * 1_000,
});
const run = await runEmbedded(engineContext(script, 'a', holdFrom));
await rm(directory, { recursive: true });
const { hold } = run.recorder.finish(run.endMs).systems[0]!;
if (hold.latencyMs === null || hold.failed > 0) throw new Error(`${hold.failed} requests failed`);
process.send?.({
  holdStartMs: holdFrom(run.startMs).startMs,
  latencyMs: hold.latencyMs,
  lateMs: run.lateness?.byMs ?? null,
  requests: hold.requests,
  cpuPercent: run.cpuPercent,
} satisfies Measured);
