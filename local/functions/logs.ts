import { createReadStream, createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Told of lines as they are written. */
type LineReader = (lines: readonly LogLine[]) => void;

export interface LogLine {
  timestampMs: number;
  message: string;
}

/** Lines kept for each function; older ones are only in the file, if there is one. */
const linesKept = 1_000;

/** What the functions wrote, newest kept in memory, everything in files when a directory is given. */
export class FunctionLogs {
  readonly #directory: string | undefined;
  readonly #lines = new Map<string, LogLine[]>();
  /** Functions whose oldest lines are in their file alone. */
  readonly #forgotten = new Set<string>();
  readonly #files = new Map<string, WriteStream>();
  readonly #readers = new Map<string, LineReader[]>();

  /** @param directory one file a function is appended to in it; made when it doesn't exist. */
  constructor(directory?: string) {
    this.#directory = directory;
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
  }

  /** From now on `reader` is told of each line that a function writes. */
  follow(functionName: string, reader: LineReader): void {
    this.#readers.set(functionName, [...(this.#readers.get(functionName) ?? []), reader]);
  }

  append(functionName: string, timestampMs: number, messages: readonly string[]): void {
    let lines = this.#lines.get(functionName);
    if (!lines) this.#lines.set(functionName, (lines = []));
    const written = messages.map((message) => ({ timestampMs, message }));
    lines.push(...written);
    for (const read of this.#readers.get(functionName) ?? []) read(written);
    if (lines.length > linesKept * 2) {
      lines.splice(0, lines.length - linesKept);
      this.#forgotten.add(functionName);
    }
    this.#file(functionName)?.write(
      messages.map((message) => `${new Date(timestampMs).toISOString()} ${message}\n`).join(''),
    );
  }

  /** The newest lines, oldest of them first. */
  tail(functionName: string, count = linesKept): LogLine[] {
    return this.#lines.get(functionName)?.slice(-count) ?? [];
  }

  /**
   * The lines of a stretch of time, oldest first: start inclusive, end exclusive. What memory no longer
   * holds is read from the file.
   */
  async read(
    functionName: string,
    { startMs, endMs }: { startMs: number; endMs: number },
  ): Promise<LogLine[]> {
    const within = ({ timestampMs }: LogLine): boolean => timestampMs >= startMs && timestampMs < endMs;
    const kept = this.#lines.get(functionName) ?? [];
    const file = this.#files.get(functionName);
    if (!file || !this.#forgotten.has(functionName) || (kept[0]?.timestampMs ?? 0) < startMs) {
      return kept.filter(within);
    }
    // What was written to the stream may still be on its way to the file.
    await new Promise<void>((resolve) => file.write('', () => resolve()));
    const lines: LogLine[] = [];
    for await (const text of createInterface({ input: createReadStream(file.path, 'utf8') })) {
      const separator = text.indexOf(' ');
      const line = { timestampMs: Date.parse(text.slice(0, separator)), message: text.slice(separator + 1) };
      if (within(line)) lines.push(line);
    }
    return lines;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => new Promise<void>((done) => file.end(done))));
  }

  #file(functionName: string): WriteStream | undefined {
    if (this.#directory === undefined) return undefined;
    let file = this.#files.get(functionName);
    if (!file) {
      file = createWriteStream(join(this.#directory, `${functionName}.log`), { flags: 'a' });
      // A full disk must not end the stage; the newest lines are still in memory.
      file.on('error', () => {});
      this.#files.set(functionName, file);
    }
    return file;
  }
}
