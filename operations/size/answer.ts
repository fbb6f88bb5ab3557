import { mean } from '../../core/statistics.ts';
import { oneVcpuMiB } from '../../fleet/lambdaCpu.ts';
import { prices, secondsAMonth } from '../../infra/plan/prices.ts';
import { studentT95 } from '../../loadtests/gate/headroom/studentT.ts';
import { leastSquares } from '../../loadtests/gate/straightLine.ts';
import { latencySummary } from '../../loadtests/runner/latencySummary.ts';
import { limits } from '../../monitoring/limits.ts';
import type { MeasuredSize, SizeFile } from '../../records/size.ts';
import type { Invocation, InvocationReport } from './invocation.ts';

/** Of one thread: more than one vCPU does not make it quicker. */
const speedOf = (memoryMiB: number): number => Math.min(1, memoryMiB / oneVcpuMiB);

const computePrices = { arm64: prices.lambdaCompute, x86_64: prices.lambdaComputeX86 } as const;

type Architecture = SizeFile['architecture'];

/** What a million requests cost that are billed so long each. */
const usdAMillion = (billedMs: number, memoryMiB: number, architecture: Architecture): number =>
  prices.lambdaRequests.usd +
  1_000_000 * (billedMs / 1_000) * (memoryMiB / 1_024) * computePrices[architecture].usd;

/** All calls of one size, whatever became of them. */
export interface CallsOfSize {
  memoryMiB: number;
  calls: readonly Invocation[];
  /** The largest that the function can get, after the load; left out where all calls are alike. */
  fullBatch?: Invocation | undefined;
  /** Why nothing is to be concluded of it though its calls were answered rightly. */
  doubt?: string | undefined;
}

/** What was measured of every size, and what follows. */
export function answerOf(
  sizes: readonly CallsOfSize[],
  {
    architecture,
    presentMiB,
    peakPerSecond,
  }: { architecture: Architecture; presentMiB: number; peakPerSecond: number },
): Pick<SizeFile, 'sizes' | 'answer'> {
  const measured = sizes
    .map((size) => ({ size: measuredOf(size, architecture), warm: warmOf(size) }))
    .sort((a, b) => a.size.memoryMiB - b.size.memoryMiB);
  const sound = measured.filter(({ size }) => size.doubts.length === 0);
  const cpu = cpuShares(sound.map(({ size }) => size));
  return {
    sizes: measured.map(({ size }) => ({ ...size, cpuPercent: cpu?.(size.memoryMiB) ?? null })),
    answer: concluded(sound, { presentMiB, peakPerSecond }),
  };
}

/** A size that nothing speaks against. */
interface Sound {
  size: MeasuredSize;
  warm: readonly InvocationReport[];
}

function measuredOf(size: CallsOfSize, architecture: Architecture): MeasuredSize {
  const { memoryMiB, calls, fullBatch } = size;
  const reports = reportsOf(calls);
  const warm = warmOf(size);
  const cold = reports.filter(({ initMs }) => initMs !== null);
  const having = (state: Invocation['state']): number => calls.filter((call) => call.state === state).length;
  const billedMs = warm.length === 0 ? null : mean(warm.map((report) => report.billedMs));
  const used = reportsOf(fullBatch ? [...calls, fullBatch] : calls).map((report) => report.usedMiB);
  const usedMiB = used.length === 0 ? null : Math.max(...used);
  const measured = {
    memoryMiB,
    calls: {
      intended: calls.length,
      answered: reports.length,
      cold: cold.length,
      throttled: having('throttled'),
      failed: having('failed'),
      dropped: having('dropped'),
      unreported: having('unreported'),
    },
    durationMs: latencySummary(warm.map(({ durationMs }) => durationMs)),
    billedMs,
    usdAMillion: billedMs === null ? null : usdAMillion(billedMs, memoryMiB, architecture),
    coldStartMs:
      cold.length === 0
        ? null
        : Math.max(...cold.map(({ durationMs, initMs }) => durationMs + (initMs ?? 0))),
    usedMiB,
    cpuPercent: null,
    keepsReserve: usedMiB === null ? null : usedMiB <= (memoryMiB * limits.utilizationPercent) / 100,
  };
  return { ...measured, doubts: doubtsOf(measured.calls, size) };
}

const reportsOf = (calls: readonly Invocation[]): InvocationReport[] =>
  calls.flatMap((call) => (call.state === 'answered' ? [call.report] : []));

const warmOf = ({ calls }: CallsOfSize): InvocationReport[] =>
  reportsOf(calls).filter(({ initMs }) => initMs === null);

function doubtsOf(
  { intended, answered, cold, throttled, failed, dropped, unreported }: MeasuredSize['calls'],
  { calls, fullBatch, doubt }: CallsOfSize,
): string[] {
  const { fewestWarm, lostPercent, coldPercent } = limits.size;
  const reasonOf = (state: 'failed' | 'unreported'): string => {
    const first = calls.find((call) => call.state === state);
    return first && 'reason' in first ? `, the first: ${first.reason}` : '';
  };
  const tooMany = (count: number, percent: number): boolean =>
    intended > 0 && count * 100 >= percent * intended;
  const share = (count: number, what: string): string => `${count} of ${intended} calls ${what}`;
  return [
    ...(tooMany(throttled, lostPercent)
      ? [`${share(throttled, 'were throttled')}: others use the function's concurrency`]
      : []),
    ...(tooMany(failed, limits.errorRatePercent) ? [share(failed, `failed${reasonOf('failed')}`)] : []),
    ...(tooMany(dropped, lostPercent)
      ? [`${share(dropped, 'were not sent')}: it is too slow for this load, so that it was offered less`]
      : []),
    ...(tooMany(unreported, lostPercent)
      ? [share(unreported, `have no report${reasonOf('unreported')}`)]
      : []),
    ...(tooMany(cold, coldPercent)
      ? [`${share(cold, 'started a new environment')}: that is not the function at work`]
      : []),
    ...(answered - cold < fewestWarm
      ? [
          `only ${answered - cold} warm answers were measured, and ${fewestWarm} are needed: measure for longer`,
        ]
      : []),
    ...(fullBatch && fullBatch.state !== 'answered' ? [`a full batch ${fullBatchInWords(fullBatch)}`] : []),
    ...(doubt === undefined ? [] : [doubt]),
  ];
}

const fullBatchInWords = (fullBatch: Exclude<Invocation, { state: 'answered' }>): string =>
  'reason' in fullBatch
    ? `${fullBatch.state === 'failed' ? 'failed' : 'has no report'}: ${fullBatch.reason}`
    : `was ${fullBatch.state}`;

function concluded(
  sound: readonly Sound[],
  { presentMiB, peakPerSecond }: { presentMiB: number; peakPerSecond: number },
): SizeFile['answer'] {
  const byCost = best(sound, ({ billedMs, memoryMiB }) => billedMs * memoryMiB);
  const byTime = best(sound, ({ durationMs }) => durationMs);
  if (!byCost || !byTime) return null;
  const kept = best(
    sound.filter(({ size }) => size.keepsReserve === true),
    ({ billedMs, memoryMiB }) => billedMs * memoryMiB,
  );
  const usdOf = (memoryMiB: number | undefined): number | null =>
    sound.find(({ size }) => size.memoryMiB === memoryMiB)?.size.usdAMillion ?? null;
  const [now, then] = [usdOf(presentMiB), usdOf(kept?.memoryMiB)];
  const millionsAMonth = (peakPerSecond * secondsAMonth) / 1_000_000;
  return {
    cheapestMiB: byCost.memoryMiB,
    asCheapMiB: byCost.alike,
    quickestMiB: byTime.memoryMiB,
    asQuickMiB: byTime.alike,
    adviceMiB: kept?.memoryMiB ?? null,
    usdAMonth: now === null || then === null ? null : (then - now) * millionsAMonth,
  };
}

/** The size with the lowest mean, and those that cannot be told from it with 95 % confidence. */
function best(
  sizes: readonly Sound[],
  valueOf: (report: InvocationReport) => number,
): { memoryMiB: number; alike: number[] } | undefined {
  const means = sizes
    .map(({ size: { memoryMiB }, warm }) => ({ memoryMiB, ...meanAndError(warm.map(valueOf)) }))
    .sort((a, b) => a.mean - b.mean);
  const [first, ...others] = means;
  if (!first) return undefined;
  const isAlike = (other: typeof first): boolean => {
    const error = Math.hypot(first.error, other.error);
    return other.mean - first.mean <= studentT95(Math.min(first.degrees, other.degrees)) * error;
  };
  return {
    memoryMiB: first.memoryMiB,
    alike: others
      .filter(isAlike)
      .map(({ memoryMiB }) => memoryMiB)
      .sort((a, b) => a - b),
  };
}

function meanAndError(values: readonly number[]): { mean: number; error: number; degrees: number } {
  const centre = mean(values);
  const degrees = values.length - 1;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { mean: centre, error: Math.sqrt(squares / degrees / values.length), degrees };
}

/**
 * How much of a warm invocation is computed: what grows as the CPU shrinks, by a line through the sizes' medians over
 * the CPU's reciprocal. Undefined with fewer than three sizes that differ in it.
 */
function cpuShares(sizes: readonly MeasuredSize[]): ((memoryMiB: number) => number) | undefined {
  const points = sizes.flatMap(({ memoryMiB, durationMs }) =>
    durationMs === null ? [] : [{ x: 1 / speedOf(memoryMiB), y: durationMs.p50 }],
  );
  if (new Set(points.map(({ x }) => x)).size < 3) return undefined;
  const { mean: centre, slope } = leastSquares(points);
  const waitedMs = centre.y - slope * centre.x;
  return (memoryMiB) => {
    const computedMs = Math.max(0, slope / speedOf(memoryMiB));
    const wholeMs = computedMs + Math.max(0, waitedMs);
    return wholeMs === 0 ? 0 : (100 * computedMs) / wholeMs;
  };
}
