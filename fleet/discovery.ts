import { paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { parseVersionedJson } from '../core/versionedJson.ts';
import { StageNotFoundError, SystemDocumentError } from './errors.ts';
import {
  documentParts,
  fieldsMissing,
  hasParts,
  systemDocumentName,
  systemDocumentPath,
  systemDocumentSchema,
  type DocumentPart,
  type PublishedDocument,
  type SystemDocument,
} from './systemDocument.ts';

/** What a stage's systems say about themselves. */
export interface Discovery {
  /** Sorted by name. */
  systems: PublishedDocument[];
  /** Those whose document is not what a system publishes: one is no reason to look away from the others. */
  unreadable: SystemDocumentError[];
}

/**
 * Every system of a stage, for those who go on with what can be read.
 * @throws StageNotFoundError when nothing is published under the stage's path.
 */
export async function readDocuments(client: SSMClient, stage: string): Promise<Discovery> {
  const systems: PublishedDocument[] = [];
  const unreadable: SystemDocumentError[] = [];
  const path = systemDocumentPath(stage);
  for await (const page of paginateGetParametersByPath({ client }, { Path: path })) {
    for (const { Name = path, Value = '' } of page.Parameters ?? []) {
      const document = parseDocument(Name, Value);
      if (document instanceof SystemDocumentError) unreadable.push(document);
      else systems.push(document);
    }
  }
  if (systems.length + unreadable.length === 0) throw new StageNotFoundError(stage, path);
  systems.sort((a, b) => a.system.localeCompare(b.system));
  return { systems, unreadable };
}

/**
 * Every system of a stage, sorted by name, or none: for those who change or judge the whole.
 * @throws StageNotFoundError when nothing is published under the stage's path.
 * @throws SystemDocumentError when a document is not what a system publishes, or lacks something.
 */
export async function discoverSystems(client: SSMClient, stage: string): Promise<SystemDocument[]> {
  const {
    systems,
    unreadable: [first],
  } = await readDocuments(client, stage);
  if (first) throw first;
  return systems.map(wholeDocument);
}

/** What is said of a system that lacks what somebody needs of these parts. */
export const lacking = (document: PublishedDocument, parts: readonly DocumentPart[]): SystemDocumentError =>
  new SystemDocumentError(
    systemDocumentName(document.stage, document.system),
    `it has no ${fieldsMissing(document, parts)}, without which this is not possible`,
  );

/** The document of a system that has everything. @throws SystemDocumentError naming what it lacks */
export function wholeDocument(document: PublishedDocument): SystemDocument {
  if (hasParts(document, documentParts)) return document;
  throw lacking(document, documentParts);
}

/** Those that are built here, each with everything. @throws SystemDocumentError naming what one of them lacks */
export const ownDocuments = (documents: readonly PublishedDocument[]): SystemDocument[] =>
  documents.filter(({ adopted }) => !adopted).map(wholeDocument);

function parseDocument(name: string, value: string): PublishedDocument | SystemDocumentError {
  const parsed = parseVersionedJson(systemDocumentSchema, value);
  if (parsed.state !== 'readable') return new SystemDocumentError(name, parsed.problem);
  const { stage, system } = parsed.document;
  // It would stand in another system's place.
  return name === systemDocumentName(stage, system)
    ? parsed.document
    : new SystemDocumentError(name, `it says that it is system "${system}" of stage "${stage}"`);
}
