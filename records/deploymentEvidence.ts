import { z } from 'zod';
import { instant } from './fields.ts';
import { verdictFileSchema } from './verdict.ts';

/**
 * What a deployment must see of a verdict: that this code with this configuration and these limits, lately, kept
 * its reserve on AWS, on every system.
 */
export const deploymentEvidenceSchema = z
  .strictObject({
    schemaVersion: z.literal(2),
    ...verdictFileSchema.pick({
      stage: true,
      runId: true,
      place: true,
      verdict: true,
      configurationHash: true,
    }).shape,
    /** Its age counts from there: judging the run again makes nothing younger. */
    holdEnd: instant,
    /** The release that was loaded (`infra/release.ts`); null where the systems said none, or several. */
    release: z.string().nullable(),
    /** The release by whose limits and code it was judged. */
    judgedBy: z.string(),
    /** What was loaded, with the requests a second that each carried over the hold. */
    systems: z.array(z.strictObject({ system: z.string(), requestsPerSecond: z.number().nonnegative() })),
  })
  .meta({ title: 'SSM /headroom-evidence/{stage}: what a deployment asks for' });

export type DeploymentEvidence = z.infer<typeof deploymentEvidenceSchema>;

/** SSM parameter that keeps a stage's newest. Beside, not below, the path at which systems are found. */
export const deploymentEvidenceParameter = (stage: string): string => `/headroom-evidence/${stage}`;
