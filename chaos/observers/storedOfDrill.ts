import { storedIds } from '../../loadtests/messages/storedIds.ts';
import { limits } from '../../monitoring/limits.ts';
import type { SeenFor } from '../lacking.ts';
import { isPoisonId } from '../poison.ts';
import { adminDataApi } from './dataApi.ts';
import type { ObserverContext } from './observer.ts';

/** How many rows the table holds of each id of the drill's block; how much poison is among them, it notes. */
export async function storedOfDrill(
  { document, poisonStored }: SeenFor<'messages'>,
  { clients, clock, firstId, service }: ObserverContext,
): Promise<Map<number, number>> {
  const stored = await storedIds(adminDataApi(document, clients.dataApi, clock), service.definition, {
    first: firstId,
    end: firstId + limits.messageIds.blockSize,
  });
  const value = [...stored.keys()].filter((id) => isPoisonId(id, firstId)).length;
  poisonStored.push({ atMs: clock.now(), value });
  return stored;
}
