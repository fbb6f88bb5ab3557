import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsCredentials } from '../aws/sigv4.ts';
import { QueuePoller, type EventSourceMapping, type PollerOptions } from './poller.ts';

export interface QueuePollersOptions extends Omit<PollerOptions, 'sqs'> {
  region: string;
  credentials: AwsCredentials;
  endpointUrl: string;
}

/** Every event source mapping of the stage, over one SQS client. */
export class QueuePollers {
  readonly #options: PollerOptions;
  readonly #pollers: QueuePoller[] = [];

  constructor({ region, credentials, endpointUrl, ...options }: QueuePollersOptions) {
    const sqs = new SQSClient({
      region,
      credentials,
      endpoint: endpointUrl,
      // Each queue holds a connection while it long polls; deletes need theirs beside them.
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: 1_024 } },
    });
    this.#options = { ...options, sqs };
  }

  add(mapping: EventSourceMapping): void {
    this.#pollers.push(new QueuePoller(mapping, this.#options));
  }

  start(): void {
    for (const poller of this.#pollers) poller.start();
  }

  /** Ends long polls at once, and waits for batches under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.stop()));
    this.#options.sqs.destroy();
  }
}
