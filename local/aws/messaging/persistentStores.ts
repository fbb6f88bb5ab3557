import { newStores, openPersistence, type Stores } from './emulatorParts.ts';

/**
 * The emulator's stores over a SQLite file in `directory`: what was there is there again, and every change is
 * written before it is acknowledged.
 *
 * fauxqs offers this only together with a server of its own, which listens on every interface and asks nobody
 * for a signature. So its parts are put together here, as its own server does.
 */
export async function openPersistentStores(
  directory: string,
): Promise<{ stores: Stores; close: () => void }> {
  const stores = newStores();
  const manager = await openPersistence(directory);
  // Loaded before the stores write to it, or loading would write what it reads.
  manager.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  for (const store of [stores.sqsStore, stores.snsStore, ...stores.sqsStore.allQueues()]) {
    Object.assign(store, { persistence: manager });
  }
  return { stores, close: () => manager.close() };
}
