import { limits } from '../../monitoring/limits.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { DeploymentEvidence } from '../../records/deploymentEvidence.ts';
import type { VerdictFile } from '../../records/verdict.ts';

export const deploymentEvidenceOf = ({
  stage,
  runId,
  place,
  verdict,
  judgedAt,
  configurationHash,
}: VerdictFile): DeploymentEvidence => ({
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
 * @param now what it is held against; `place` is that of who was asked for it
 */
export function objections(
  evidence: DeploymentEvidence | null,
  {
    stage,
    configurationHash,
    nowMs,
    place,
  }: { stage: string; configurationHash: string; nowMs: number; place: Place },
): string[] {
  if (evidence === null)
    return [`stage "${stage}" has no verdict yet; load it and run "headroom gate --record"`];
  const ageHours = (nowMs - Date.parse(evidence.judgedAt)) / 3_600_000;
  const maxHours = limits.evidenceMaxAgeHours;
  return [
    evidence.stage !== stage && `it is of stage "${evidence.stage}", expected "${stage}"`,
    placeOfAll(evidence.place, place) !== 'aws' && 'it is a rehearsal: it says nothing of absolute capacity',
    evidence.verdict !== 'pass' && `the verdict is "${evidence.verdict}", expected "pass"`,
    // One from the future is no fresher than none.
    (ageHours > maxHours || ageHours < 0) &&
      `it is ${ageHours.toFixed(1)} hours old, expected at most ${maxHours}`,
    evidence.configurationHash !== configurationHash &&
      'it is of another configuration than fleet.config.ts has now',
  ].filter((objection) => objection !== false);
}
