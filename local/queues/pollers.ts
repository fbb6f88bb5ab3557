import { QueuePoller, type EventSourceMapping, type PollerOptions } from './poller.ts';

/** Every event source mapping of the stage. */
export class QueuePollers {
  readonly #options: PollerOptions;
  readonly #pollers: QueuePoller[] = [];

  constructor(options: PollerOptions) {
    this.#options = options;
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
  }
}
