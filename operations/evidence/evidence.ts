import { limits } from '../../monitoring/limits.ts';
import type { Evidence } from '../../records/evidence.ts';
import type { VerdictFile } from '../../records/verdict.ts';

export const evidenceOf = ({
  stage,
  runId,
  place,
  verdict,
  judgedAt,
  configurationHash,
}: VerdictFile): Evidence => ({
  schemaVersion: 1,
  stage,
  runId,
  place,
  verdict,
  judgedAt,
  configurationHash,
});

/**
 * Why a deployment may not go ahead on this evidence; empty when it may.
 * @param evidence the newest that the stage has; null for none
 */
export function objections(
  evidence: Evidence | null,
  { stage, configurationHash, nowMs }: { stage: string; configurationHash: string; nowMs: number },
): string[] {
  if (evidence === null)
    return [`stage "${stage}" has no verdict yet; load it and run "headroom gate --record"`];
  const ageHours = (nowMs - Date.parse(evidence.judgedAt)) / 3_600_000;
  const maxHours = limits.evidenceMaxAgeHours;
  return [
    evidence.stage !== stage && `it is of stage "${evidence.stage}", expected "${stage}"`,
    evidence.place !== 'aws' && 'it is a rehearsal: it says nothing of absolute capacity',
    evidence.verdict !== 'pass' && `the verdict is "${evidence.verdict}", expected "pass"`,
    // One from the future is no fresher than none.
    (ageHours > maxHours || ageHours < 0) &&
      `it is ${ageHours.toFixed(1)} hours old, expected at most ${maxHours}`,
    evidence.configurationHash !== configurationHash &&
      'it is of another configuration than fleet.config.ts has now',
  ].filter((objection) => objection !== false);
}
