import { paginateGetParametersByPath, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { parseVersionedJson } from '../core/versionedJson.ts';
import { SystemDocumentError } from '../fleet/errors.ts';

/**
 * The load up to which a passed gate has shown that a system keeps its reserve: one JSON document at SSM
 * `/headroom-proven/{stage}/{system}`, with the stage on which it was shown. It lies outside the path at
 * which systems are found. Fields that it does not know, the probe leaves alone: it is deployed less often than the
 * gate that writes them.
 */
export const provenPeakSchema = z
  .object({
    schemaVersion: z.literal(1),
    requestsPerSecond: z.number().positive(),
    /** Absent where nothing was proven of messages: none are expected, or the gate did not ask for them yet. */
    messagesPerSecond: z.number().positive().optional(),
    /** The run that showed it, and the configuration it ran on. */
    runId: z.string(),
    configurationHash: z.string(),
    provenAt: z.string(),
  })
  .meta({ title: 'SSM /headroom-proven/{stage}/{system}: the load that a passed gate has proven' });

export type ProvenPeak = z.infer<typeof provenPeakSchema>;

/** The part of it that production is compared with. */
export type ProvenLoad = Pick<ProvenPeak, 'requestsPerSecond' | 'messagesPerSecond'>;

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

export interface ProvenPeaks {
  /** By system; empty when no gate has passed on the stage yet. */
  peaks: Map<string, ProvenLoad>;
  /** Documents that no gate has written, one error each. */
  unreadable: SystemDocumentError[];
}

/** The peaks proven on a stage. A document that is wrong hides no other. */
export async function readProvenPeaks(client: SSMClient, stage: string): Promise<ProvenPeaks> {
  const path = provenPeakPath(stage);
  const found: ProvenPeaks = { peaks: new Map(), unreadable: [] };
  for await (const page of paginateGetParametersByPath({ client }, { Path: path })) {
    for (const { Name = '', Value = '' } of page.Parameters ?? []) {
      const peak = parsePeak(Name, Value);
      if (peak instanceof SystemDocumentError) found.unreadable.push(peak);
      else found.peaks.set(Name.slice(path.length), peak);
    }
  }
  return found;
}

function parsePeak(name: string, value: string): ProvenPeak | SystemDocumentError {
  const parsed = parseVersionedJson(provenPeakSchema, value);
  return parsed.state === 'readable' ? parsed.document : new SystemDocumentError(name, parsed.problem);
}
