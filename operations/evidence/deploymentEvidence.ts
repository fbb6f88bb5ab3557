import { limits } from '../../monitoring/limits.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { DeploymentEvidence } from '../../records/deploymentEvidence.ts';
import type { RunFile } from '../../records/run.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/** What a deployment may be told of a run. @param judgedBy the release whose gate judged it */
export const deploymentEvidenceOf = (
  run: RunFile,
  verdict: VerdictFile,
  judgedBy: string,
): DeploymentEvidence => ({
  schemaVersion: 2,
  stage: verdict.stage,
  runId: verdict.runId,
  place: verdict.place,
  verdict: verdict.verdict,
  configurationHash: verdict.configurationHash,
  holdEnd: run.windows.hold.end,
  release: run.release ?? null,
  judgedBy,
  systems: run.systems.map(({ system, hold }) => ({ system, requestsPerSecond: hold.achievedPerSecond })),
});

/** What is to be deployed, and where it is asked. */
export interface ToDeploy {
  /** The stage that proves it. */
  stage: string;
  configurationHash: string;
  release: string;
  /** Names of its systems. */
  systems: readonly string[];
  nowMs: number;
  /** Of who was asked for the evidence. */
  place: Place;
}

/**
 * Why a deployment may not go ahead on this evidence; empty when it may.
 * @param evidence the newest that the stage has; null for none
 */
export function objections(evidence: DeploymentEvidence | null, toDeploy: ToDeploy): string[] {
  const { stage, configurationHash, release, systems, nowMs, place } = toDeploy;
  if (evidence === null)
    return [`stage "${stage}" has no verdict yet; load it and run "headroom gate --record"`];
  const ageHours = (nowMs - Date.parse(evidence.holdEnd)) / 3_600_000;
  const maxHours = limits.evidenceMaxAgeHours;
  const loaded = new Set(
    evidence.systems.flatMap(({ system, requestsPerSecond }) => (requestsPerSecond > 0 ? [system] : [])),
  );
  const unproven = systems.filter((system) => !loaded.has(system));
  return [
    evidence.stage !== stage && `it is for stage "${evidence.stage}", expected "${stage}"`,
    placeOfAll(evidence.place, place) !== 'aws' &&
      'it is a rehearsal: it says nothing about absolute capacity',
    evidence.verdict !== 'pass' && `the verdict is "${evidence.verdict}", expected "pass"`,
    // One from the future is no fresher than none.
    (ageHours > maxHours || ageHours < 0) &&
      `its hold ended ${ageHours.toFixed(1)} hours ago, expected at most ${maxHours}`,
    evidence.configurationHash !== configurationHash &&
      'it is for another configuration than the present one',
    evidence.release === null &&
      `the systems under load did not all report the same release: deploy all of "${stage}", and load it again`,
    evidence.release !== null &&
      evidence.release !== release &&
      `"${stage}" was loaded with other code, SQL, limits or templates than those to be deployed`,
    evidence.judgedBy !== release && 'it was judged by other limits or code than those to be deployed',
    unproven.length > 0 && `it says nothing about ${unproven.join(', ')}: they were not loaded`,
  ].filter((objection) => objection !== false);
}
