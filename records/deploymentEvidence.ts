import type { z } from 'zod';
import { verdictFileSchema } from './verdict.ts';

/** What a deployment must see of a verdict: that this configuration, lately, kept its reserve on AWS. */
export const deploymentEvidenceSchema = verdictFileSchema
  .pick({
    schemaVersion: true,
    stage: true,
    runId: true,
    place: true,
    verdict: true,
    judgedAt: true,
    configurationHash: true,
  })
  .meta({ title: 'SSM /headroom-evidence/{stage}: what a deployment asks for' });

export type DeploymentEvidence = z.infer<typeof deploymentEvidenceSchema>;

/** SSM parameter that keeps a stage's newest. Beside, not below, the path at which systems are found. */
export const deploymentEvidenceParameter = (stage: string): string => `/headroom-evidence/${stage}`;
