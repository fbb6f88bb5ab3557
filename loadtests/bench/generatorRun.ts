/**
 * One generator in a process of its own, for `generator.ts`: `embedded|autocannon URL REQUESTS_A_SECOND SECONDS`. Writes
 * as JSON what it did and used once it was warm.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Recorder } from '../runner/recorder.ts';
import { runEmbedded } from '../runner/embedded.ts';
import { loadScript } from '../runner/script.ts';
import { wholeShare } from '../runner/share.ts';
import { engineContext } from '../runner/testing/engineContext.ts';
import { lookUpPath } from '../../service/testing/asking.ts';

export interface Used {
  requests: number;
  seconds: number;
  cpuMicroseconds: number;
  dropped: number;
}

const [engine, url = '', rate = '0', forSeconds = '0'] = process.argv.slice(2);
const requestsPerSecond = Number(rate);
const seconds = Number(forSeconds);
/** At 500 requests a second, too, what runs for each is compiled by then. */
const warmUpSeconds = 4;

/** What is used between two instants, by counters that go on. */
async function between(counters: () => { requests: number; dropped: number }): Promise<Used> {
  await delay(warmUpSeconds * 1_000);
  const [before, cpuBefore, startMs] = [{ ...counters() }, process.cpuUsage(), performance.now()];
  await delay(seconds * 1_000);
  const [after, cpu, endMs] = [counters(), process.cpuUsage(cpuBefore), performance.now()];
  return {
    requests: after.requests - before.requests,
    seconds: (endMs - startMs) / 1_000,
    cpuMicroseconds: cpu.user + cpu.system,
    dropped: after.dropped - before.dropped,
  };
}

/** The profile `peak` as it is: signed requests, two checks each. */
async function embedded(): Promise<Used> {
  const env = {
    HEADROOM_TARGETS: JSON.stringify([{ system: 'bench', url, requestsPerSecond }]),
    HEADROOM_REGION: 'us-east-1',
    HEADROOM_RAMP_SECONDS: '0',
    HEADROOM_HOLD_SECONDS: String(warmUpSeconds + seconds + 5),
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  };
  const script = await loadScript(new URL('../k6/peak.ts', import.meta.url).pathname, env, console.error);
  await script.prepare(wholeShare);
  const enough = new AbortController();
  let recorder: Recorder | undefined;
  const holdFrom = (startMs: number) => ({ startMs, endMs: Number.POSITIVE_INFINITY });
  const context = engineContext(script, 'bench', holdFrom, enough.signal);
  const running = runEmbedded({
    ...context,
    recorderFrom: (startMs) => (recorder = context.recorderFrom(startMs)),
  });
  const used = await between(() => recorder!.totals);
  enough.abort(new Error('measured'));
  await running;
  const { failed } = recorder!.totals;
  if (failed > 0) throw new Error(`${failed} requests failed: what fails fast must not look quick`);
  return used;
}

type Autocannon = (options: {
  url: string;
  connections: number;
  duration: number;
}) => PromiseLike<{ '2xx': number }> & { on(event: 'response', listener: () => void): void };

/** Its own client flat out, over as many connections as keep it busy; it checks the status alone. */
async function autocannon(): Promise<Used> {
  // @ts-expect-error It has no types.
  const { default: run } = (await import('autocannon')) as { default: Autocannon };
  let requests = 0;
  const running = run({
    url: `${url}${lookUpPath(1)}`,
    connections: 20,
    duration: warmUpSeconds + seconds + 1,
  });
  running.on('response', () => (requests += 1));
  const used = await between(() => ({ requests, dropped: 0 }));
  const { '2xx': good } = await running;
  if (good < used.requests) throw new Error(`only ${good} of ${used.requests} were answered well`);
  return used;
}

const used = await (engine === 'autocannon' ? autocannon() : embedded());
console.log(JSON.stringify(used));
process.exit();
