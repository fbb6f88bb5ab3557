import { buildApp } from 'fauxqs';
import { LocalStageError } from '../../errors.ts';
import type { Account } from '../account.ts';
import { localAccountId } from '../account.ts';
import type { HttpRequest, HttpResponse } from '../protocols/protocol.ts';

export interface QueueState {
  visible: number;
  inFlight: number;
  delayed: number;
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

  constructor({ region, accountId }: Account) {
    if (accountId !== localAccountId) {
      throw new LocalStageError(
        `account ${accountId}: expected ${localAccountId}, the only one the SNS and SQS emulator has`,
      );
    }
    this.#region = region;
    this.#app = buildApp({ logger: false, defaultRegion: region });
  }

  /** A client's request, signature already checked; queue URLs in the answer lead to `endpointUrl`. */
  async request({ headers, body }: HttpRequest, endpointUrl: string): Promise<HttpResponse> {
    const target = headers['x-amz-target'];
    const response = await this.#post(
      {
        'content-type': headers['content-type'] ?? '',
        // The region of new queues and topics is read from the credential scope.
        authorization: headers.authorization ?? '',
        ...(typeof target === 'string' && { 'x-amz-target': target }),
      },
      body,
    );
    if (typeof target !== 'string' || !targetsThatAnswerUrls.has(target)) return response;
    return { ...response, body: this.#reachable(response.body, endpointUrl) };
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

  /** Ends long polls with what they have, and forgets every message. */
  async close(): Promise<void> {
    await this.#app.close();
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
