import { createHash, createHmac } from 'node:crypto';
import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import { request } from 'undici';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import type { Clock } from '../../core/clock.ts';
import { userAgent } from '../../core/userAgent.ts';
import { SeedError } from '../errors.ts';
import { clientOf, seededClients } from '../k6/lib/clients.ts';
import { largestBatch as batchSize, messageOf } from '../k6/lib/messages.ts';
import { signedHeaders, type Credentials, type SigningHashes } from '../k6/lib/sigv4.ts';

export interface SeedOptions {
  systems: readonly SystemDocument[];
  sns: SNSClient;
  credentials: Credentials;
  clock: Clock;
  /** How long all clients may take to arrive; 60 s when left out. */
  deadlineMs?: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

const betweenLooksMs = 250;
const answerTimeoutMs = 5_000;

/**
 * Gives every system the clients that the k6 scripts ask for: publishes them to its topic, where they are not
 * there already, and waits until its API answers them. Can be repeated.
 *
 * One client of each published batch is asked for, not all: what is missing all the same, the load test's
 * checks find.
 * @throws SeedError when a topic refuses messages, or the clients do not arrive in time
 */
export async function seedClients(options: SeedOptions): Promise<void> {
  await Promise.all(options.systems.map((system) => seedSystem(system, options)));
}

async function seedSystem(document: SystemDocument, options: SeedOptions): Promise<void> {
  const { clock, signal, deadlineMs = 60_000, onProgress } = options;
  const { system } = document;
  const { firstId, count } = seededClients;
  const asked = Array.from(
    { length: Math.ceil(count / batchSize) },
    (_, batch) => firstId + batch * batchSize,
  );
  const deadline = clock.now() + deadlineMs;

  let missing = await firstMissing(document, asked, options);
  if (!missing) return;
  await publishAll(document, options);
  onProgress?.(`${system}: ${count} clients published`);
  while ((missing = await firstMissing(document, missing?.rest ?? asked, options))) {
    if (clock.now() >= deadline) {
      throw new SeedError(
        system,
        `${missing.problem} after ${deadlineMs} ms: look at the subscriber's log ` +
          `(${document.logGroups.subscriber}) and its queue ${document.queues.customers.name}`,
      );
    }
    await clock.sleep(betweenLooksMs, signal);
  }
}

async function publishAll({ system, topicArn }: SystemDocument, { sns, clock }: SeedOptions): Promise<void> {
  const { firstId, count } = seededClients;
  const atMs = clock.now();
  for (let first = firstId; first < firstId + count; first += batchSize) {
    const ids = Array.from(
      { length: Math.min(batchSize, firstId + count - first) },
      (_, index) => first + index,
    );
    const entries = ids.map((id) => ({ Id: String(id), Message: JSON.stringify(messageOf(id, atMs)) }));
    const { Failed = [] } = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
    const [failure] = Failed;
    if (failure)
      throw new SeedError(system, `${topicArn} refused a message: ${failure.Code} ${failure.Message ?? ''}`);
  }
}

/** What is wrong with the first client that the API does not answer rightly, and the ids not yet seen right. */
async function firstMissing(
  document: SystemDocument,
  ids: readonly number[],
  options: SeedOptions,
): Promise<{ problem: string; rest: readonly number[] } | null> {
  for (const [index, id] of ids.entries()) {
    const problem = await problemWith(document, id, options);
    if (problem !== null) return { problem: `client ${id} is ${problem}`, rest: ids.slice(index) };
  }
  return null;
}

async function problemWith(
  document: SystemDocument,
  id: number,
  { credentials, clock }: SeedOptions,
): Promise<string | null> {
  const url = `${document.api.url}/getClient`;
  const query = { client_id: String(id) };
  const toSign = { method: 'GET', url, query, body: '', region: document.region, service: 'execute-api' };
  try {
    const { statusCode, body } = await request(url, {
      query,
      headers: {
        ...signedHeaders(hashes, toSign, credentials, clock.now()),
        'user-agent': userAgent('seed'),
      },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const text = await body.text();
    if (statusCode !== 200) return `answered with status ${statusCode}`;
    return isClient(text, id) ? null : 'answered with another body';
  } catch (error) {
    return `not answered (${error instanceof Error ? error.message : String(error)})`;
  }
}

function isClient(text: string, id: number): boolean {
  const expected: Record<string, unknown> = { ...clientOf(id) };
  const actual = JSON.parse(text) as Record<string, unknown>;
  return Object.entries(expected).every(([field, value]) => actual[field] === value);
}

const hashes: SigningHashes = {
  sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
  hmac: (key, text) => new Uint8Array(createHmac('sha256', bytes(key)).update(text).digest()).buffer,
  hmacHex: (key, text) => createHmac('sha256', bytes(key)).update(text).digest('hex'),
};
const bytes = (key: string | ArrayBuffer): string | Uint8Array =>
  typeof key === 'string' ? key : new Uint8Array(key);
