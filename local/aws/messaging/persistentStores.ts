import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { buildApp } from 'fauxqs';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

interface Persistence {
  loadSqsAndSns(sqsStore: Stores['sqsStore'], snsStore: Stores['snsStore']): void;
  close(): void;
}

type New<Instance, Parameters extends unknown[] = []> = new (...parameters: Parameters) => Instance;

/**
 * The emulator's stores over a SQLite file in `directory`: what was there is there again, and every change is
 * written before it is acknowledged.
 *
 * fauxqs offers this only together with a server of its own, which listens on every interface and asks nobody
 * for a signature. So its parts are put together here, as its own server does, from the package's files;
 * the package's version is pinned.
 */
export async function openPersistentStores(
  directory: string,
): Promise<{ stores: Stores; close: () => void }> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (manifest === undefined) throw new Error('the package fauxqs is not installed; run "npm ci"');
  const part = (file: string): Promise<Record<string, unknown>> =>
    import(new URL(`dist/${file}`, pathToFileURL(manifest)).href) as Promise<Record<string, unknown>>;
  const [sqs, sns, s3, persistence] = await Promise.all([
    part('sqs/sqsStore.js'),
    part('sns/snsStore.js'),
    part('s3/s3Store.js'),
    part('persistence.js'),
  ]);
  const stores: Stores = {
    sqsStore: new (sqs['SqsStore'] as New<Stores['sqsStore']>)(),
    snsStore: new (sns['SnsStore'] as New<Stores['snsStore']>)(),
    s3Store: new (s3['S3Store'] as New<Stores['s3Store']>)(),
  };
  const manager = new (persistence['PersistenceManager'] as New<Persistence, [string]>)(directory);
  // Loaded before the stores write to it, or loading would write what it reads.
  manager.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  for (const store of [stores.sqsStore, stores.snsStore, ...stores.sqsStore.allQueues()]) {
    Object.assign(store, { persistence: manager });
  }
  return { stores, close: () => manager.close() };
}
