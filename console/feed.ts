import type { ServerResponse } from 'node:http';
import type { Feed } from './wire.ts';

/** What may wait for a page that doesn't read. */
const stalledBytes = 8 * 1_048_576;

/** Pages that listen, and what each was told last: an event goes out only when it says something new. */
export class FeedHub {
  readonly #listeners = new Map<ServerResponse, Map<string, string>>();

  get size(): number {
    return this.#listeners.size;
  }

  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 1000\n\n');
    this.#listeners.set(response, new Map());
    response.once('close', () => this.#listeners.delete(response));
  }

  send<E extends keyof Feed>(event: E, data: Feed[E]): void {
    const text = JSON.stringify(data);
    for (const [response, told] of this.#listeners) {
      if (told.get(event) === text) continue;
      told.set(event, text);
      if (response.writableLength > stalledBytes) {
        // The page has stopped reading; it connects again when it wakes.
        response.destroy();
        continue;
      }
      response.write(`event: ${event}\ndata: ${text}\n\n`);
    }
  }

  close(): void {
    for (const response of this.#listeners.keys()) response.end();
    this.#listeners.clear();
  }
}
