import { paginateGetParametersByPath, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { SystemDocumentError } from './errors.ts';

/**
 * The load up to which a passed gate has shown that a system keeps its reserve: one JSON document at SSM
 * `/headroom-proven/{stage}/{system}`, with the stage on which it was shown. It lies outside the path at
 * which systems are found.
 */
const provenPeakSchema = z.object({
  schemaVersion: z.literal(1),
  requestsPerSecond: z.number().positive(),
  /** The run that showed it, and the configuration it ran on. */
  runId: z.string(),
  configurationHash: z.string(),
  provenAt: z.string(),
});

export type ProvenPeak = z.infer<typeof provenPeakSchema>;

export const provenPeakPath = (stage: string): string => `/headroom-proven/${stage}/`;

/** Records the peak of one system, over an earlier one. */
export async function recordProvenPeak(
  client: SSMClient,
  stage: string,
  system: string,
  peak: ProvenPeak,
): Promise<void> {
  await client.send(
    new PutParameterCommand({
      Name: `${provenPeakPath(stage)}${system}`,
      Value: JSON.stringify(provenPeakSchema.parse(peak)),
      Type: 'String',
      Overwrite: true,
    }),
  );
}

/**
 * Requests a second proven on a stage, by system; empty when no gate has passed there yet.
 * @throws SystemDocumentError for a document that no gate has written.
 */
export async function readProvenPeaks(client: SSMClient, stage: string): Promise<Map<string, number>> {
  const path = provenPeakPath(stage);
  const peaks = new Map<string, number>();
  for await (const page of paginateGetParametersByPath({ client }, { Path: path })) {
    for (const { Name = '', Value = '' } of page.Parameters ?? []) {
      peaks.set(Name.slice(path.length), parsePeak(Name, Value).requestsPerSecond);
    }
  }
  return peaks;
}

function parsePeak(name: string, value: string): ProvenPeak {
  try {
    return provenPeakSchema.parse(JSON.parse(value));
  } catch (error) {
    throw new SystemDocumentError(name, 'expected the proven peak that a passed gate records', {
      cause: error,
    });
  }
}
