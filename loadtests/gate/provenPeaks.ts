import { limits } from '../../monitoring/limits.ts';
import type { ProvenPeak } from '../../monitoring/provenPeak.ts';
import type { RunFile } from '../../records/run.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/** Whether a verdict is about enough periods for anybody to rely on it. */
const isLongEnough = ({ heldPeriods = 0 }: Pick<VerdictFile, 'heldPeriods'>): boolean =>
  heldPeriods >= limits.gate.evidencePeriods;

/** Digits that a rate is worth. */
const tenths = (rate: number): number => Math.floor(rate * 10) / 10;

/** What a verdict proves of each system's load: nothing, unless it is a pass over a hold long enough, and no rehearsal. */
export function peaksProvenBy(run: RunFile, verdict: VerdictFile): Map<string, ProvenPeak> {
  if (verdict.verdict !== 'pass' || verdict.rehearsal || run.profile !== 'peak') return new Map();
  if (!isLongEnough(verdict)) return new Map();
  return new Map(
    run.systems.map(({ system, hold }) => [
      system,
      {
        schemaVersion: 1,
        // What was carried, not what was meant to be.
        requestsPerSecond: tenths(hold.achievedPerSecond),
        runId: run.runId,
        configurationHash: run.configurationHash,
        provenAt: run.windows.hold.end,
      },
    ]),
  );
}
