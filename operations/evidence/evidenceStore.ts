import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { GateEvidenceError } from '../errors.ts';
import { evidenceSchema, type Evidence } from './evidence.ts';

/** Beside, not below, the path at which systems are found. */
const nameOf = (stage: string): string => `/headroom-evidence/${stage}`;

/** Keeps a stage's newest evidence, which only whoever may write this parameter can make up. */
export async function recordEvidence(ssm: SSMClient, evidence: Evidence): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: nameOf(evidence.stage),
      Type: 'String',
      Value: JSON.stringify(evidence),
      Overwrite: true,
    }),
  );
}

/**
 * The stage's newest evidence; null when there is none.
 * @throws GateEvidenceError when what is there is something else.
 */
export async function readEvidence(ssm: SSMClient, stage: string): Promise<Evidence | null> {
  let text: string;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: nameOf(stage) }));
    text = Parameter?.Value ?? '';
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
  try {
    return evidenceSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new GateEvidenceError(nameOf(stage), { cause: error });
  }
}
