import { createHash, createHmac } from 'node:crypto';
import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import { request } from 'undici';
import type { ServiceLoad } from '../../fleet/serviceLoad.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import type { Clock } from '../../core/clock.ts';
import { settleAtMost } from '../../core/settleAtMost.ts';
import { userAgent } from '../../core/userAgent.ts';
import { SeedError } from '../errors.ts';
import { largestBatch as batchSize } from '../k6/lib/messages.ts';
import { queryString, signedHeaders, type Credentials, type SigningHashes } from '../k6/lib/sigv4.ts';

export interface SeedOptions {
  /** What the systems run. */
  service: ServiceLoad;
  systems: readonly PublishedDocument[];
  sns: SNSClient;
  credentials: Credentials;
  /** By system, what is sent instead of a signature to an adopted one, and beside it to one of ours. */
  callerHeaders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  clock: Clock;
  /** How long all may take to arrive; a minute when left out, and more where many systems share one machine. */
  deadlineMs?: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

const betweenLooksMs = 250;
const answerTimeoutMs = 5_000;

/**
 * Gives every system what the k6 scripts ask for: publishes it to its topic, where it is not there already, and waits
 * until its API answers with it. Can be repeated.
 *
 * One id of each published batch is asked for, not all: what is missing all the same, the load test's checks find.
 * @returns the systems that could not be given it, each with why: one of many stops no other
 * @throws what kept all of them, as the first of them met it: a SeedError when the ids are not set apart for tests, a topic
 *   refuses messages, or what they tell does not arrive in time; the signal's reason
 */
export async function seed(options: SeedOptions): Promise<{ system: string; error: unknown }[]> {
  const { systems, signal } = options;
  const settled = await settleAtMost(
    systems,
    systems.length,
    (system) => seedSystem(system, options),
    signal,
  );
  const failed = settled.filter((one) => one.state === 'failed');
  const [first] = failed;
  if (first && failed.length === systems.length) throw first.error;
  return failed.map(({ item: { system }, error }) => ({ system, error }));
}

async function seedSystem(document: PublishedDocument, options: SeedOptions): Promise<void> {
  const { service, systems, clock, signal, onProgress } = options;
  const { deadlineMs = 60_000 + systems.length * 2_500 } = options;
  const { system } = document;
  const { firstId, count } = service.seeded;
  const asked = Array.from(
    { length: Math.ceil(count / batchSize) },
    (_, batch) => firstId + batch * batchSize,
  );
  const deadline = clock.now() + deadlineMs;

  if (firstId < limits.testIds.first || firstId + count > limits.messageIds.first) {
    throw new SeedError(
      system,
      `ids from ${firstId} on may be real: expected them within those set apart, from ${limits.testIds.first} to below ` +
        `${limits.messageIds.first} (seeded of the service's load side)`,
    );
  }

  let missing = await firstMissing(document, asked, options);
  if (!missing) return;
  await publishAll(document, options);
  onProgress?.(`${system}: ${count} messages published, whose ids the load asks for`);
  while ((missing = await firstMissing(document, missing?.rest ?? asked, options))) {
    if (clock.now() >= deadline) {
      throw new SeedError(
        system,
        `${missing.problem} after ${deadlineMs} ms: ${whereToLook(missing.problem, document)}`,
      );
    }
    await clock.sleep(betweenLooksMs, signal);
  }
}

const tooMany = 'status 429';

/** What was not let in says nothing of what arrived. */
const whereToLook = (problem: string, { api, logGroups, queues }: PublishedDocument): string =>
  problem.endsWith(tooMany)
    ? `fewer requests are let in than are sent: look at the throttles of its API (${api.name ?? api.url}), of a usage plan, ` +
      'and of the account'
    : `look at the subscriber's log (${logGroups?.subscriber ?? 'its document names none'}) and its queue ` +
      (queues?.subscriber?.name ?? 'of which its document says nothing');

async function publishAll(
  { system, topicArn }: PublishedDocument,
  { service, sns, clock }: SeedOptions,
): Promise<void> {
  if (topicArn === undefined) {
    throw new SeedError(
      system,
      'its document has no topicArn: what the load asks for must be in its tables before',
    );
  }
  const { firstId, count } = service.seeded;
  const atMs = clock.now();
  for (let first = firstId; first < firstId + count; first += batchSize) {
    const ids = Array.from(
      { length: Math.min(batchSize, firstId + count - first) },
      (_, index) => first + index,
    );
    const entries = ids.map((id) => ({ Id: String(id), Message: service.message(id, atMs) }));
    const { Failed = [] } = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
    const [failure] = Failed;
    if (failure)
      throw new SeedError(system, `${topicArn} refused a message: ${failure.Code} ${failure.Message ?? ''}`);
  }
}

/** What is wrong with the first id that the API does not answer rightly, and the ids not yet seen right. */
async function firstMissing(
  document: PublishedDocument,
  ids: readonly number[],
  options: SeedOptions,
): Promise<{ problem: string; rest: readonly number[] } | null> {
  for (const [index, id] of ids.entries()) {
    const problem = await problemWith(document, id, options);
    if (problem !== null) return { problem: `id ${id} is ${problem}`, rest: ids.slice(index) };
  }
  return null;
}

async function problemWith(
  document: PublishedDocument,
  id: number,
  { service, credentials, callerHeaders, clock }: SeedOptions,
): Promise<string | null> {
  const { method = 'GET', path, query = {}, statuses, isRight = () => true } = service.lookUp(id);
  const url = `${document.api.url}${path}`;
  const toSign = { method, url, query, body: '', region: document.region, service: 'execute-api' };
  const search = queryString(query);
  const shown = callerHeaders?.[document.system];
  const isSigned = !shown || !document.adopted;
  try {
    const answer = await request(search === '' ? url : `${url}?${search}`, {
      method,
      headers: {
        ...(isSigned && signedHeaders(hashes, toSign, credentials, clock.now())),
        ...shown,
        'user-agent': userAgent('seed'),
      },
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const { statusCode: status } = answer;
    const body = await answer.body.text();
    if (!statuses.includes(status)) return `answered with status ${status}`;
    return isRight({ status, body }) ? null : 'answered with another body';
  } catch (error) {
    return `not answered (${error instanceof Error ? error.message : String(error)})`;
  }
}

const hashes: SigningHashes = {
  sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
  hmac: (key, text) => new Uint8Array(createHmac('sha256', bytes(key)).update(text).digest()).buffer,
  hmacHex: (key, text) => createHmac('sha256', bytes(key)).update(text).digest('hex'),
};
const bytes = (key: string | ArrayBuffer): string | Uint8Array =>
  typeof key === 'string' ? key : new Uint8Array(key);
