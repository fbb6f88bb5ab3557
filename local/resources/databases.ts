import { systemDocumentSchema } from '../../fleet/systemDocument.ts';
import { TemplateError } from '../errors.ts';
import type { StageContext } from './context.ts';

/** Databases made at once; each is a copy of a template and keeps the disk busy. */
const atOnce = 4;

/**
 * Makes the database of every cluster, with the connection limit that its system's document publishes, built or adopted.
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
  const [adopted, own] = [true, false].map((is) =>
    documents.filter((document) => (document.adopted ?? false) === is),
  ) as [typeof documents, typeof documents];
  // A cluster of ours says more of itself than whoever adopts it too.
  const limits = new Map(
    [...adopted, ...own].flatMap(({ cluster }) =>
      cluster?.connectionLimit === undefined ? [] : [[cluster.identifier, cluster.connectionLimit] as const],
    ),
  );
  const wanted = clusterIdentifiers.map(({ identifier, where }) => {
    const connectionLimit = limits.get(identifier);
    if (connectionLimit !== undefined) {
      return { database: context.clusters.find(identifier)!.database, connectionLimit };
    }
    throw new TemplateError(
      where,
      `no system publishes a document (SSM /headroom/{stage}/{system}) that names cluster "${identifier}" with its ` +
        'connection limit, which is unknown without (adopt.database.connectionLimit)',
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
