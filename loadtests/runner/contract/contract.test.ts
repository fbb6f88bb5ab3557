import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScriptError, ThresholdError } from '../../errors.ts';
import { runEmbedded } from '../embedded.ts';
import type { Point } from '../points.ts';
import { Recorder } from '../recorder.ts';
import { loadScript } from '../script.ts';
import { startContractServer } from '../testing/contractServer.ts';
import { engineContext } from '../testing/engineContext.ts';

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
  /** Lines that it writes, or parts of them. */
  says?: string[];
  saysNot?: string[];
  /** A part of the message that it ends with. */
  error?: string;
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
beforeAll(async () => {
  server = await startContractServer();
});
afterAll(() => server.close());

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
    super.add(point);
  }

  readonly #isCounter: (metric: string) => boolean;

  constructor(options: ConstructorParameters<typeof Recorder>[0]) {
    super(options);
    this.#isCounter = (metric) => options.metricTypes[metric] === 'counter';
  }
}

async function byEmbedded(name: string): Promise<Found> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  try {
    const path = new URL(`${name}.js`, import.meta.url).pathname;
    const script = await loadScript(path, { URL: server.url }, say);
    const context = engineContext(script, 'none', (startMs) => ({
      startMs,
      endMs: Number.POSITIVE_INFINITY,
    }));
    await script.prepare(context.share);
    const setupData = await script.setup();
    let counting: CountingRecorder | undefined;
    const ended = await runEmbedded({
      ...context,
      setupData,
      onProgress: say,
      toleratesExceptions: true,
      recorderFrom: (startMs) =>
        (counting = new CountingRecorder({
          systems: [],
          startMs,
          windows: { hold: { startMs, endMs: Number.POSITIVE_INFINITY } },
          thresholds: script.options.thresholds,
          metricTypes: script.metricTypes,
          firstMessageId: 1,
        })),
    });
    const { checks, thresholds } = ended.recorder.finish(ended.endMs);
    const { aborted = null, failed = null } = ended.ending ?? {};
    const judged = thresholds.filter(({ metric }) => metric !== 'exec.test.fail');
    return {
      exitCode:
        aborted !== null
          ? 108
          : judged.some(({ ok }) => !ok)
            ? 99
            : failed !== null
              ? 110
              : ended.reason === null
                ? 0
                : 107,
      counts: counting?.counts ?? {},
      checks: Object.fromEntries(checks.map(({ name: check, passes, fails }) => [check, [passes, fails]])),
      thresholds: Object.fromEntries(
        judged.map(({ metric, expression, ok }) => [`${metric} ${expression}`, ok]),
      ),
      said: lines.join('\n'),
      error: ended.reason ?? '',
    };
  } catch (error) {
    const exitCode =
      error instanceof ThresholdError ? 104 : error instanceof ScriptError ? error.exitCode : undefined;
    if (exitCode === undefined) throw error;
    const { message } = error as Error;
    return { exitCode, counts: {}, checks: {}, thresholds: {}, said: lines.join('\n'), error: message };
  }
}

test.each(scripts)('%s', async (name) => {
  const expected = expectedOf(name);
  const found = await byEmbedded(name);
  expect(found.exitCode, found.error).toBe(expected.exitCode);
  const counts = Object.keys(expected.counts ?? {}).map((metric) => [metric, found.counts[metric] ?? 0]);
  expect(Object.fromEntries(counts)).toEqual(expected.counts ?? {});
  expect(found.checks).toEqual(expected.checks ?? {});
  expect(found.thresholds).toEqual(expected.thresholds ?? found.thresholds);
  for (const text of expected.says ?? []) expect(found.said).toContain(text);
  for (const text of expected.saysNot ?? []) expect(found.said).not.toContain(text);
  expect(found.error).toContain(expected.error ?? '');
});
