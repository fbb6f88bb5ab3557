import { ownDocuments } from '../../fleet/discovery.ts';
import { systemDocumentSchema } from '../../fleet/systemDocument.ts';
import { TemplateError } from '../errors.ts';
import type { StageContext } from './context.ts';

/** Databases made at once; each is a copy of a template and keeps the disk busy. */
const atOnce = 4;

/**
 * Makes the database of every cluster, with the connection limit its system's document publishes.
 * @throws TemplateError for a cluster that no system's document names.
 */
export async function createDatabases(
  clusterIdentifiers: readonly { identifier: string; where: string }[],
  context: StageContext,
): Promise<void> {
  const documents = context.parameters.below('/', { recursive: true }).flatMap(({ value }) => {
    const parsed = systemDocumentSchema.safeParse(tryParse(value));
    return parsed.success ? [parsed.data] : [];
  });
  // What an adopted system says of a cluster is what another one's template makes.
  const byCluster = new Map(ownDocuments(documents).map(({ cluster }) => [cluster.identifier, cluster]));
  const wanted = clusterIdentifiers.map(({ identifier, where }) => {
    const cluster = byCluster.get(identifier);
    if (cluster) return cluster;
    throw new TemplateError(
      where,
      `no system publishes a document (SSM /headroom/{stage}/{system}) that names cluster "${identifier}", so its connection limit is unknown`,
    );
  });
  for (let start = 0; start < wanted.length; start += atOnce) {
    await Promise.all(
      wanted
        .slice(start, start + atOnce)
        .map(({ database, connectionLimit }) =>
          context.postgres.createDatabase(database, { connectionLimit }),
        ),
    );
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
