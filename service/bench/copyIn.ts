import type { Connection, Submittable } from 'pg';

type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void };

/** `COPY … FROM STDIN` with all of its text at once, to be handed to a client's `query`. */
export class CopyIn implements Submittable {
  readonly done: Promise<void>;
  readonly #statement: string;
  readonly #text: string;
  #settle: (error?: Error) => void = () => {};
  #error: Error | undefined;

  constructor(statement: string, text: string) {
    this.#statement = statement;
    this.#text = text;
    this.done = new Promise((resolve, reject) => {
      this.#settle = (error) => (error ? reject(error) : resolve());
    });
  }

  submit(connection: Connection): void {
    connection.query(this.#statement);
  }

  // What the client calls as the server answers.
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#text));
    connection.endCopyFrom();
  }
  handleCommandComplete(): void {}
  handleError(error: Error): void {
    this.#error = error;
  }
  handleReadyForQuery(): void {
    this.#settle(this.#error);
  }
}
