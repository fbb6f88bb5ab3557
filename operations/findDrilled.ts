import { chooseSystems, type DrilledShare } from '../chaos/scope.ts';
import type { DrillScope } from '../records/drillScope.ts';
import { readDocuments, wholeDocument } from '../fleet/discovery.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Connection } from './connection.ts';
import { pickPublished } from './target.ts';

/**
 * The systems of a stage that a drill hurts: those that are named, so many percent of all, or all of them.
 * @param share counts all that the stage has: one whose document cannot be read may be among the chosen
 * @throws UsageError naming what there is when one isn't there.
 * @throws SystemDocumentError when the document of one of them is not what a system publishes, or one of ours lacks something.
 */
export async function findDrilled(
  { ssm }: Pick<Connection['clients'], 'ssm'>,
  stage: string,
  { names, share }: { names: readonly string[]; share: DrilledShare | null },
): Promise<{ systems: PublishedDocument[]; scope: DrillScope }> {
  const found = await readDocuments(ssm, stage);
  const all = [...found.systems, ...found.unreadable].map(({ system }) => system);
  const systems = pickPublished(found, stage, share === null ? names : chooseSystems(all, share));
  for (const document of systems) if (!document.adopted) wholeDocument(document);
  return { systems, scope: { stageSystems: all.length, share } };
}
