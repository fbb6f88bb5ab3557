import { paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { StageNotFoundError, SystemDocumentError } from './errors.ts';
import { systemDocumentPath, systemDocumentSchema, type SystemDocument } from './systemDocument.ts';

/**
 * Every system of a stage, sorted by name.
 * @throws StageNotFoundError when nothing is published under the stage's path.
 * @throws SystemDocumentError when a document is not what a system publishes.
 */
export async function discoverSystems(client: SSMClient, stage: string): Promise<SystemDocument[]> {
  const systems: SystemDocument[] = [];
  const path = systemDocumentPath(stage);
  for await (const page of paginateGetParametersByPath({ client }, { Path: path })) {
    for (const parameter of page.Parameters ?? []) {
      systems.push(parseDocument(parameter.Name ?? path, parameter.Value ?? ''));
    }
  }
  if (systems.length === 0) throw new StageNotFoundError(stage, path);
  return systems.sort((a, b) => a.system.localeCompare(b.system));
}

function parseDocument(name: string, value: string): SystemDocument {
  let document: unknown;
  try {
    document = JSON.parse(value);
  } catch (error) {
    throw new SystemDocumentError(name, 'not JSON', { cause: error });
  }
  const result = systemDocumentSchema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new SystemDocumentError(
    name,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected shape'}`,
    {
      cause: result.error,
    },
  );
}
