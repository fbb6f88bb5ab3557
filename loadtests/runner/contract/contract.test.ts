import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { K6Error, ScriptError, ThresholdError } from '../../errors.ts';
import { readyEmbedded, readyK6, type ReadyEngine } from '../engines.ts';
import { checkK6, findK6 } from '../k6Launcher.ts';
import type { Point } from '../points.ts';
import { Recorder } from '../recorder.ts';
import { wholeShare } from '../share.ts';
import { startContractServer } from '../testing/contractServer.ts';

/** What k6's documentation says of a script beside which it stands; what is left out is not asked. */
interface Expected {
  /** k6's own: 0, 99 a threshold, 100 setup's timeout, 104 options, 107 an exception, 108 an abort, 110 a fail. */
  exitCode: number;
  /** Of a trend its number of values, of a counter its sum. */
  counts?: Record<string, number>;
  /** How often each passed, and failed. */
  checks?: Record<string, [number, number]>;
  /** By metric and expression. */
  thresholds?: Record<string, boolean>;
  /** What it writes or ends with, in part. */
  says?: string[];
  saysNot?: string[];
}

interface Found {
  exitCode: number;
  counts: Record<string, number>;
  checks: Record<string, [number, number]>;
  thresholds: Record<string, boolean>;
  said: string;
  error: string;
}

let server: Awaited<ReturnType<typeof startContractServer>>;
let directory: string;
beforeAll(async () => {
  server = await startContractServer();
  directory = await mkdtemp(join(tmpdir(), 'headroom-contract-'));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const scripts = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.expected.json'))
  .map((file) => file.replace('.expected.json', ''));

const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(new URL(`${name}.expected.json`, import.meta.url), 'utf8')) as Expected;

/** Counts what passes through. */
class CountingRecorder extends Recorder {
  readonly counts: Record<string, number> = {};

  override add(point: Point): void {
    const { metric, value } = point;
    const isSum = this.#isCounter(metric);
    this.counts[metric] = (this.counts[metric] ?? 0) + (isSum ? value : 1);
    // Nobody reads what k6 says of each besides, unless a threshold asks.
    this.counts['iterations'] = this.counts['iteration_duration'] ?? 0;
    super.add(point);
  }

  readonly #isCounter: (metric: string) => boolean;

  constructor(options: ConstructorParameters<typeof Recorder>[0]) {
    super(options);
    this.#isCounter = (metric) => options.metricTypes[metric] === 'counter';
  }
}

async function run(
  ready: () => Promise<ReadyEngine>,
  lines: readonly string[],
  say: (line: string) => void,
): Promise<Found> {
  try {
    const engine = await ready();
    await engine.prepare(wholeShare, new AbortController().signal);
    let counting: CountingRecorder | undefined;
    const holdFrom = (startMs: number) => ({ startMs, endMs: Number.POSITIVE_INFINITY });
    const ended = await engine.run({
      share: wholeShare,
      clock: systemClock,
      signal: new AbortController().signal,
      enough: new AbortController().signal,
      onProgress: say,
      toleratesExceptions: true,
      holdFrom,
      recorderFrom: (startMs, more) =>
        (counting = new CountingRecorder({
          systems: [],
          startMs,
          windows: { hold: holdFrom(startMs) },
          thresholds: engine.script.options.thresholds,
          metricTypes: more?.metricTypes ?? engine.script.metricTypes,
          firstMessageId: 1,
        })),
    });
    const { checks, thresholds } = ended.recorder.finish(ended.endMs);
    const judged = thresholds.filter(({ metric }) => metric !== 'exec.test.fail' && metric !== 'k6');
    return {
      exitCode: exitCodeOf(ended.reason, judged.length < thresholds.length, judged),
      counts: counting?.counts ?? {},
      checks: Object.fromEntries(checks.map(({ name, passes, fails }) => [name, [passes, fails]])),
      thresholds: Object.fromEntries(
        judged.map(({ metric, expression, ok }) => [`${metric} ${expression}`, ok]),
      ),
      said: lines.join('\n'),
      error: ended.reason ?? '',
    };
  } catch (error) {
    const exitCode = exitCodeIn(error);
    if (exitCode === null) throw error;
    const { message } = error as Error;
    return { exitCode, counts: {}, checks: {}, thresholds: {}, said: lines.join('\n'), error: message };
  }
}

/** k6's own, of a run that has ended. */
function exitCodeOf(
  reason: string | null,
  calledFailed: boolean,
  judged: readonly { ok: boolean }[],
): number {
  if (reason !== null && /\babort/.test(reason)) return 108;
  if (judged.some(({ ok }) => !ok)) return 99;
  if (calledFailed) return 110;
  return reason === null ? 0 : 107;
}

/** k6's own, of one that could not begin, or that k6 ended; null where it has none for it. */
function exitCodeIn(error: unknown): number | null {
  if (error instanceof K6Error) return error.exitCode;
  if (error instanceof ThresholdError) return 104;
  if (!(error instanceof ScriptError)) return null;
  // Of `k6 inspect`.
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : error.exitCode;
}

type Engine = (path: string, say: (line: string) => void) => Promise<ReadyEngine>;

const k6Path = await findK6(process.env['PATH'] ?? '');
const engines: [string, Engine][] = [
  ['the embedded engine', (path, say) => readyEmbedded({ path, env: { URL: server.url }, isOwn: true }, say)],
];
if (k6Path !== null) {
  const byK6: Engine = async (path, say) => {
    const runDirectory = directory;
    return await readyK6(
      await checkK6(k6Path),
      { path, env: { URL: server.url }, isOwn: true, runDirectory },
      say,
    );
  };
  engines.push(['k6', byK6]);
}

describe.each(engines)('by %s', (_, ready) => {
  test.concurrent.each(scripts)('%s', async (name) => {
    const expected = expectedOf(name);
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const path = fileURLToPath(new URL(`${name}.js`, import.meta.url));
    const found = await run(() => ready(path, say), lines, say);
    expect(found.exitCode, found.error).toBe(expected.exitCode);
    const counts = Object.keys(expected.counts ?? {}).map((metric) => [metric, found.counts[metric] ?? 0]);
    expect(Object.fromEntries(counts)).toEqual(expected.counts ?? {});
    expect(found.checks).toEqual(expected.checks ?? {});
    expect(found.thresholds).toEqual(expected.thresholds ?? found.thresholds);
    const said = `${found.said}\n${found.error}`;
    for (const text of expected.says ?? []) expect(said).toContain(text);
    for (const text of expected.saysNot ?? []) expect(said).not.toContain(text);
  });
});
