import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import {
  deploymentEvidenceParameter,
  deploymentEvidenceSchema,
  type DeploymentEvidence,
} from '../../records/deploymentEvidence.ts';
import { parseVersionedJson } from '../../core/versionedJson.ts';
import { RecordError } from '../../records/errors.ts';

/**
 * Keeps a stage's newest evidence, which only whoever may write this parameter can make up.
 * @returns what is kept now: that of a later run stays, whatever is said of an earlier one
 */
export async function recordDeploymentEvidence(
  ssm: SSMClient,
  evidence: DeploymentEvidence,
): Promise<DeploymentEvidence> {
  const kept = await readDeploymentEvidence(ssm, evidence.stage).catch((error: unknown) => {
    // What nobody can read is no reason to keep it.
    if (error instanceof RecordError) return null;
    throw error;
  });
  if (kept && Date.parse(kept.holdEnd) > Date.parse(evidence.holdEnd)) return kept;
  await ssm.send(
    new PutParameterCommand({
      Name: deploymentEvidenceParameter(evidence.stage),
      Type: 'String',
      Value: JSON.stringify(deploymentEvidenceSchema.parse(evidence)),
      Overwrite: true,
    }),
  );
  return evidence;
}

/**
 * The stage's newest evidence; null when there is none.
 * @throws RecordError when it cannot be read, or is of another version
 */
export async function readDeploymentEvidence(
  ssm: SSMClient,
  stage: string,
): Promise<DeploymentEvidence | null> {
  let text: string;
  try {
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: deploymentEvidenceParameter(stage) }),
    );
    text = Parameter?.Value ?? '';
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
  const parsed = parseVersionedJson(deploymentEvidenceSchema, text);
  if (parsed.state === 'readable') return parsed.document;
  throw new RecordError(
    `parameter ${deploymentEvidenceParameter(stage)}`,
    `${parsed.problem}; record it again with "headroom gate --record"`,
  );
}
