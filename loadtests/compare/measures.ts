import { requestsIn, secondsWithin, type Second } from '../gate/seconds.ts';
import type { RunFile } from '../../records/run.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { blockMeans } from './blocks.ts';

/** A figure of one system over the hold, in blocks that follow each other. */
export interface Measured {
  system: string;
  measure: string;
  unit: 'milliseconds' | 'percent';
  /** Whether blocks are logarithms: latencies differ by factors, and a few of their seconds by large ones. */
  logarithmic: boolean;
  blocks: number[];
}

/** Seconds of a block at least: a pause of the generator or of a collector is over within. */
const blockSeconds = 5;

const latencies = [
  { measure: 'latencyP50', percentile: 'p50' },
  { measure: 'latencyP95', percentile: 'p95' },
  { measure: 'latencyP99', percentile: 'p99' },
] as const;

/** What a run says of the systems over its hold, second by second, and its verdict of their resources. */
export function measuresOf(run: RunFile, verdict: VerdictFile | null): Measured[] {
  const runStartMs = Date.parse(run.windows.run.start);
  const hold = { startMs: Date.parse(run.windows.hold.start), endMs: Date.parse(run.windows.hold.end) };
  const { seriesSeconds = 1 } = run;
  const fewest = Math.ceil(blockSeconds / seriesSeconds);
  const ofLoad = run.systems.flatMap(({ system, series, messages }): Measured[] => {
    const held = secondsWithin(series, runStartMs, hold);
    const told = secondsWithin(messages?.series ?? [], runStartMs, hold);
    return [
      ...latencies.map(({ measure, percentile }) => ({
        system,
        measure,
        unit: 'milliseconds' as const,
        logarithmic: true,
        blocks: blockMeans(
          held.flatMap(({ latencyMs }) =>
            latencyMs === null ? [] : Math.log(Math.max(latencyMs[percentile], 0.01)),
          ),
          fewest,
        ),
      })),
      percent(system, 'failedRequests', held.map(failedPercent), fewest),
      percent(
        system,
        'failedMessages',
        told.flatMap(({ acknowledged = 0, failed = 0, unresolved = 0 }) => {
          const sent = acknowledged + failed + unresolved;
          return sent === 0 ? [] : (100 * (failed + unresolved)) / sent;
        }),
        fewest,
      ),
    ];
  });
  const ofResources = (verdict?.uses ?? []).map(({ system, signal, blocks }): Measured => ({
    system,
    measure: signal,
    unit: 'percent',
    logarithmic: false,
    blocks: [...blocks],
  }));
  return [...ofLoad, ...ofResources].filter(({ blocks }) => blocks.length > 0);
}

const percent = (
  system: string,
  measure: string,
  values: readonly number[],
  fewestValues: number,
): Measured => ({
  system,
  measure,
  unit: 'percent',
  logarithmic: false,
  blocks: blockMeans(values, fewestValues),
});

function failedPercent(second: Second): number {
  const requests = requestsIn(second);
  return requests === 0 ? 0 : (100 * (second.failed ?? 0)) / requests;
}
