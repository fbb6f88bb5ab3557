import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { evidenceParameter, evidenceSchema, type Evidence } from '../../records/evidence.ts';
import { parseVersionedJson } from '../../core/versionedJson.ts';
import { RecordError } from '../../records/errors.ts';

/** Keeps a stage's newest evidence, which only whoever may write this parameter can make up. */
export async function recordEvidence(ssm: SSMClient, evidence: Evidence): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: evidenceParameter(evidence.stage),
      Type: 'String',
      Value: JSON.stringify(evidenceSchema.parse(evidence)),
      Overwrite: true,
    }),
  );
}

/**
 * The stage's newest evidence; null when there is none.
 * @throws RecordError when it cannot be read, or is of another version
 */
export async function readEvidence(ssm: SSMClient, stage: string): Promise<Evidence | null> {
  let text: string;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: evidenceParameter(stage) }));
    text = Parameter?.Value ?? '';
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
  const parsed = parseVersionedJson(evidenceSchema, text);
  if (parsed.state === 'readable') return parsed.document;
  throw new RecordError(
    `parameter ${evidenceParameter(stage)}`,
    `${parsed.problem}; record it anew with "headroom gate --record"`,
  );
}
