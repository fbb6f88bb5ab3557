import { readDocuments, wholeDocument, type Discovery } from '../fleet/discovery.ts';
import { SystemDocumentError } from '../fleet/errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { PublishedDocument, SystemDocument } from '../fleet/systemDocument.ts';
import type { Connection } from './connection.ts';
import { UsageError } from './errors.ts';

/** A stage that answers, and what is known of it; its systems have everything, unless it is said otherwise. */
export interface Target<Document extends PublishedDocument = SystemDocument> {
  stage: string;
  fleet: Fleet;
  configurationHash: string;
  connection: Connection;
  systems: Document[];
}

/**
 * Every system of the stage that is built here, or the named ones, each with everything that a system of ours has.
 * @param onUnreadable told each document that cannot be read, by those who go on without; default: it is thrown
 * @throws UsageError naming what there is when one isn't there.
 * @throws SystemDocumentError when a wanted document is not what a system publishes, or lacks something.
 */
export async function findSystems(
  { ssm }: Pick<Connection['clients'], 'ssm'>,
  stage: string,
  names: readonly string[],
  onUnreadable?: (error: SystemDocumentError) => void,
): Promise<SystemDocument[]> {
  return pickSystems(await readDocuments(ssm, stage), stage, names, onUnreadable);
}

/** The same of what was discovered. */
export function pickSystems(
  discovery: Discovery,
  stage: string,
  names: readonly string[],
  onUnreadable?: (error: SystemDocumentError) => void,
): SystemDocument[] {
  return pickPublished(discovery, stage, names, onUnreadable).flatMap((document) => {
    if (document.adopted && names.length === 0) return [];
    if (document.adopted) {
      throw new UsageError(
        `${document.system} is adopted: this works on what is built here, and changes nothing of it.`,
      );
    }
    try {
      return [wholeDocument(document)];
    } catch (error) {
      if (!onUnreadable || !(error instanceof SystemDocumentError)) throw error;
      onUnreadable(error);
      return [];
    }
  });
}

/** Whatever they lack: for who needs little, and says what. */
export async function findPublished(
  { ssm }: Pick<Connection['clients'], 'ssm'>,
  stage: string,
  names: readonly string[],
  onUnreadable?: (error: SystemDocumentError) => void,
): Promise<PublishedDocument[]> {
  return pickPublished(await readDocuments(ssm, stage), stage, names, onUnreadable);
}

/** Whatever they lack. */
export function pickPublished(
  { systems, unreadable }: Discovery,
  stage: string,
  names: readonly string[],
  onUnreadable?: (error: SystemDocumentError) => void,
): PublishedDocument[] {
  const there = new Set([...systems, ...unreadable].map(({ system }) => system));
  const unknown = names.find((name) => !there.has(name));
  if (unknown !== undefined) {
    const known = [...there].sort().join(', ');
    throw new UsageError(`no system "${unknown}" in stage "${stage}"; expected one of ${known}`);
  }
  const isWanted = ({ system }: { system: string }): boolean => names.length === 0 || names.includes(system);
  for (const error of unreadable.filter(isWanted)) {
    if (!onUnreadable) throw error;
    onUnreadable(error);
  }
  return systems.filter(isWanted);
}
