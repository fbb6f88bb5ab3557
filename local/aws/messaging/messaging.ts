import { buildApp } from 'fauxqs';
import { LocalStageError } from '../../errors.ts';
import type { Account } from '../account.ts';
import { localAccountId } from '../account.ts';
import type { HttpRequest, HttpResponse } from '../protocols/protocol.ts';
import { newStores, observe, type MessageObserver, type Stores } from './emulatorParts.ts';
import { notificationsOf, type FunctionNotification } from './notifications.ts';
import type { openPersistentStores } from './persistentStores.ts';
import type { QueueFaults, ReceivedMessage } from './queueFaults.ts';
import { refusePublishing, withoutRefused } from './refusals.ts';

export interface QueueState {
  visible: number;
  inFlight: number;
  delayed: number;
}

export interface MessagingOptions extends Account {
  /** Left out: every message comes once and in its order. */
  queueFaults?: QueueFaults<ReceivedMessage> | undefined;
  /** Left out: everything is in memory and ends with this process. */
  persistent?: Awaited<ReturnType<typeof openPersistentStores>> | undefined;
  /** Told of what happens to messages. */
  observer?: MessageObserver | undefined;
  /** Takes what a function is to be invoked with that is subscribed to a topic; left out, no function is. */
  notified?: { now: () => number; send: (notification: FunctionNotification) => void } | undefined;
}

const targetsThatAnswerUrls = new Set([
  'AmazonSQS.CreateQueue',
  'AmazonSQS.GetQueueUrl',
  'AmazonSQS.ListQueues',
]);

/**
 * SNS and SQS: the fauxqs emulator, called in this process. Its own server would listen on every interface
 * and ask nobody for a signature, so it is never started; requests come in through the endpoint alone.
 */
export class Messaging {
  readonly #app: ReturnType<typeof buildApp>;
  readonly #region: string;
  readonly #faults: QueueFaults<ReceivedMessage> | undefined;
  readonly #stores: Stores;
  readonly #notified: MessagingOptions['notified'];
  readonly #closeStores: () => void;
  #closed = false;

  constructor({ region, accountId, queueFaults, persistent, observer, notified }: MessagingOptions) {
    if (accountId !== localAccountId) {
      throw new LocalStageError(
        `account ${accountId}: expected ${localAccountId}, the only one the SNS and SQS emulator has`,
      );
    }
    this.#region = region;
    this.#faults = queueFaults;
    this.#closeStores = persistent?.close ?? (() => {});
    const stores = persistent?.stores ?? newStores();
    if (observer) observe(stores, observer);
    this.#stores = stores;
    this.#notified = notified;
    this.#app = buildApp({ logger: false, defaultRegion: region, stores });
  }

  /** A client's request, signature already checked; queue URLs in the answer lead to `endpointUrl`. */
  async request(request: HttpRequest, endpointUrl: string): Promise<HttpResponse> {
    const target = request.headers['x-amz-target'];
    if (this.#faults && target === 'AmazonSQS.ReceiveMessage') return this.#receive(request, this.#faults);
    if (target === undefined) refusePublishing(request);
    const cut = typeof target === 'string' ? withoutRefused(target, request.body) : undefined;
    if (cut) return this.#sendRest(request, cut);
    const response = await this.#forward(request);
    if (typeof target !== 'string' || !targetsThatAnswerUrls.has(target)) return response;
    return { ...response, body: this.#reachable(response.body, endpointUrl) };
  }

  /** A batch without the entries that are refused, and an answer that tells of them too. */
  async #sendRest(
    { headers }: HttpRequest,
    { rest, failed }: NonNullable<ReturnType<typeof withoutRefused>>,
  ): Promise<HttpResponse> {
    const answer = { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' } };
    if (rest.Entries?.length === 0) {
      return { ...answer, body: JSON.stringify({ Successful: [], Failed: failed }) };
    }
    const response = await this.#forward({ headers, body: JSON.stringify(rest) });
    if (response.statusCode !== 200) return response;
    const { Successful = [], Failed = [] } = JSON.parse(response.body) as Record<string, unknown[]>;
    return { ...answer, body: JSON.stringify({ Successful, Failed: [...Failed, ...failed] }) };
  }

  async #forward({ headers, body }: Pick<HttpRequest, 'headers'> & { body: Buffer | string }) {
    const target = headers['x-amz-target'];
    return this.#post(
      {
        'content-type': headers['content-type'] ?? '',
        // The region of new queues and topics is read from the credential scope.
        authorization: headers.authorization ?? '',
        ...(typeof target === 'string' && { 'x-amz-target': target }),
      },
      body,
    );
  }

  /** As SQS may answer, and not only as it usually does. */
  async #receive(
    { headers, body }: HttpRequest,
    faults: QueueFaults<ReceivedMessage>,
  ): Promise<HttpResponse> {
    const input = JSON.parse(body.toString('utf8')) as {
      QueueUrl: string;
      MaxNumberOfMessages?: number;
      WaitTimeSeconds?: number;
    };
    const { QueueUrl, MaxNumberOfMessages: count = 1, WaitTimeSeconds: waitSeconds = 0 } = input;
    let refusal: HttpResponse | undefined;
    const messages = await faults.receive(QueueUrl, { count, waitSeconds }, async (wanted, seconds) => {
      if (this.#closed) return null;
      const asked = JSON.stringify({ ...input, MaxNumberOfMessages: wanted, WaitTimeSeconds: seconds });
      const response = await this.#forward({ headers, body: asked });
      if (response.statusCode !== 200) {
        refusal = response;
        return null;
      }
      return (JSON.parse(response.body) as { Messages?: ReceivedMessage[] }).Messages ?? [];
    });
    if (refusal) return refusal;
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(messages.length > 0 ? { Messages: messages } : {}),
    };
  }

  /** Publishes to a topic as AWS's own services do. */
  async publish(topicArn: string, { subject, message }: { subject: string; message: string }): Promise<void> {
    const form = new URLSearchParams({
      Action: 'Publish',
      TopicArn: topicArn,
      Subject: subject,
      Message: message,
    });
    const response = await this.#post(
      { 'content-type': 'application/x-www-form-urlencoded' },
      form.toString(),
    );
    if (response.statusCode !== 200) {
      throw new Error(`publishing to ${topicArn}: ${response.body}`);
    }
  }

  /** Messages of every queue, by the queue's name. */
  async queues(): Promise<Map<string, QueueState>> {
    const response = await this.#app.inject({ method: 'GET', url: '/_fauxqs/queues' });
    return new Map(
      response
        .json<
          {
            name: string;
            approximateMessageCount: number;
            approximateInflightCount: number;
            approximateDelayedCount: number;
          }[]
        >()
        .map((queue) => [
          queue.name,
          {
            visible: queue.approximateMessageCount,
            inFlight: queue.approximateInflightCount,
            delayed: queue.approximateDelayedCount,
          },
        ]),
    );
  }

  /** When the oldest message that still waits in a queue was sent, Unix milliseconds; undefined for none. */
  async oldestMessageMs(queueName: string): Promise<number | undefined> {
    const response = await this.#app.inject({
      method: 'GET',
      url: `/_fauxqs/queues/${encodeURIComponent(queueName)}`,
    });
    if (response.statusCode !== 200) return undefined;
    const { messages } = response.json<{
      messages: {
        ready: { sentTimestamp: number }[];
        inflight: { message: { sentTimestamp: number } }[];
      };
    }>();
    const sent = [...messages.ready, ...messages.inflight.map(({ message }) => message)];
    return sent.reduce<number | undefined>(
      (oldest, { sentTimestamp }) => Math.min(oldest ?? Infinity, sentTimestamp),
      undefined,
    );
  }

  /** Ends long polls with what they have; messages live on only in persistent stores. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#app.close();
    this.#closeStores();
  }

  /** fauxqs names a host that does not resolve. */
  #reachable(body: string, endpointUrl: string): string {
    return body.replaceAll(
      new RegExp(`http://sqs\\.${this.#region}\\.localhost(:\\d+)?/`, 'g'),
      `${endpointUrl}/`,
    );
  }

  async #post(
    headers: Record<string, string>,
    payload: string | Buffer,
  ): Promise<HttpResponse & { body: string }> {
    // Every action is a POST to "/", also where a client posts to a queue's own path.
    const response = await this.#app.inject({ method: 'POST', url: '/', headers, payload });
    if (this.#notified && response.statusCode === 200 && headers['x-amz-target'] === undefined) {
      const { now, send } = this.#notified;
      notificationsOf(this.#stores, payload.toString('utf8'), response.body, now()).forEach(send);
    }
    return {
      statusCode: response.statusCode,
      headers: Object.fromEntries(
        ['content-type', 'x-amzn-query-error'].flatMap((name) => {
          const value = response.headers[name];
          return value === undefined ? [] : [[name, String(value)]];
        }),
      ),
      body: response.body,
    };
  }
}
