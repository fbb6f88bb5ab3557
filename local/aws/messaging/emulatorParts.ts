import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { buildApp } from 'fauxqs';

/** What the emulator keeps topics, subscriptions, queues and their messages in. */
export type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** Whoever is told of what happens to messages; the emulator's own keeps them all. */
export interface MessageObserver {
  addMessage(event: { service: string; queueName?: string; messageId: string; status: string }): void;
}

type New<Instance, Parameters extends unknown[] = []> = new (...parameters: Parameters) => Instance;

interface Persistence {
  loadSqsAndSns(sqsStore: Stores['sqsStore'], snsStore: Stores['snsStore']): void;
  close(): void;
}

/**
 * Parts of fauxqs that its package does not offer: from the package's files, whose version is pinned.
 */
async function part(file: string): Promise<Record<string, unknown>> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (manifest === undefined) throw new Error('the package fauxqs is not installed; run "npm ci"');
  return import(new URL(`dist/${file}`, pathToFileURL(manifest)).href) as Promise<Record<string, unknown>>;
}

const [sqs, sns, s3, types, filters] = await Promise.all([
  part('sqs/sqsStore.js'),
  part('sns/snsStore.js'),
  part('s3/s3Store.js'),
  part('sqs/sqsTypes.js'),
  part('sns/filter.js'),
]);

/** Characters that SQS refuses. With `u`: one of four bytes is one character, which SQS takes, and not two halves. */
const refused = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
Object.assign(types['INVALID_MESSAGE_BODY_CHAR'] as RegExp, { test: (body: string) => refused.test(body) });

export const newStores = (): Stores => ({
  sqsStore: new (sqs['SqsStore'] as New<Stores['sqsStore']>)(),
  snsStore: new (sns['SnsStore'] as New<Stores['snsStore']>)(),
  s3Store: new (s3['S3Store'] as New<Stores['s3Store']>)(),
});

/** Keeps everything in a SQLite file of this directory. */
export async function openPersistence(directory: string): Promise<Persistence> {
  const { PersistenceManager } = await part('persistence.js');
  return new (PersistenceManager as New<Persistence, [string]>)(directory);
}

type Matches = (policy: Record<string, unknown>, of: unknown) => boolean;

/** Whether a message fits a subscription's filter policy, by its attributes or by its body. */
export const matchesFilter = (
  policy: Record<string, unknown>,
  { attributes, body }: { attributes: object; body: string | undefined },
): boolean =>
  body === undefined
    ? (filters['matchesFilterPolicy'] as Matches)(policy, attributes)
    : (filters['matchesFilterPolicyOnBody'] as Matches)(policy, body);

/** Tells an observer of the messages of every queue, also of those made later. */
export function observe({ sqsStore }: Stores, observer: MessageObserver): void {
  for (const store of [sqsStore, ...sqsStore.allQueues()]) Object.assign(store, { spy: observer });
}
