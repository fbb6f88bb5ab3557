import { limits } from '../../monitoring/limits.ts';
import type { ProvenPeak } from '../../monitoring/provenPeak.ts';
import { profileOf } from '../runner/ownScript.ts';
import type { RunFile } from '../../records/run.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/** Whether a verdict is about enough periods for anybody to rely on it. */
const isLongEnough = ({ heldPeriods = 0 }: Pick<VerdictFile, 'heldPeriods'>): boolean =>
  heldPeriods >= limits.gate.evidencePeriods;

/** Three digits are what a rate is worth; rounded down, since the rest is not proven. */
function roundedDown(rate: number): number {
  if (rate <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 2);
  // A quotient may miss a whole number by a hair.
  return Number((Math.floor(rate / unit + 1e-9) * unit).toPrecision(3));
}

/** What a verdict proves of each system's load: nothing, unless it is a pass over a hold long enough, and no rehearsal. */
export function peaksProvenBy(run: RunFile, verdict: VerdictFile): Map<string, ProvenPeak> {
  if (verdict.verdict !== 'pass' || verdict.rehearsal || !isLongEnough(verdict)) return new Map();
  if (profileOf(run).judged !== 'evidence') return new Map();
  return new Map(
    run.systems.map(({ system, hold, messages }) => [
      system,
      {
        schemaVersion: 1,
        // What was carried, not what was meant to be.
        requestsPerSecond: roundedDown(hold.achievedPerSecond),
        ...(messages && messages.hold.achievedPerSecond > 0
          ? { messagesPerSecond: roundedDown(messages.hold.achievedPerSecond) }
          : {}),
        runId: run.runId,
        configurationHash: run.configurationHash,
        provenAt: run.windows.hold.end,
      },
    ]),
  );
}
