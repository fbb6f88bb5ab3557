import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { build } from 'esbuild';
import { ScriptError, TestAbortedError, ThreadLostError, UnsupportedError } from '../../errors.ts';
import type { Connections } from '../connections.ts';
import type { RunHost } from '../scriptRunner.ts';
import { exchange, UnderWay } from '../transport.ts';
import {
  alone,
  flags,
  type Answer,
  type FromThread,
  type PortableError,
  type ThreadEvent,
  type ThreadStart,
  type ToThread,
} from './threadMessages.ts';

/**
 * What threads run, as one text: each would otherwise read, strip and compile a dozen files. Made once.
 */
export async function threadProgram(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('thread.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'silent',
  });
  // What it names must not meet the globals of a thread.
  return `(() => {${outputFiles[0]?.text ?? ''}})()`;
}

/** More than a user needs, and less than a machine has: one that grows without end is ended, and not the machine. */
const maxOldGenerationSizeMb = 256;

/** What a thread that was interrupted has to tell the last of it, in milliseconds; then it is ended. */
const lastWordsMs = 250;

/** How a thread's owner hears of it. */
export interface ThreadListener {
  host: RunHost;
  /** What was asked of it is done. */
  ended: (event: ThreadEvent & { kind: 'ended' }) => void;
  threw: (error: Error) => void;
}

/** A thread with a module instance of a script; the requests that it waits for are sent from here. */
export class ScriptThread {
  /** Resolves once the script is loaded. @throws what it threw meanwhile */
  readonly ready: Promise<void>;
  /** Resolves once the thread is gone. */
  readonly gone: Promise<void>;
  readonly #worker: Worker;
  readonly #answers: MessagePort;
  readonly #flags: Int32Array;
  readonly #underWay = new UnderWay();
  readonly #connections: ReturnType<Connections['ofUser']>;
  #listener: ThreadListener | null = null;
  #ended = false;

  constructor(
    program: string,
    start: Omit<ThreadStart, 'flags' | 'answers'>,
    connections: Connections,
    log: (line: string) => void,
  ) {
    this.#connections = connections.ofUser();
    const memory = new SharedArrayBuffer(flags.length * Int32Array.BYTES_PER_ELEMENT);
    this.#flags = new Int32Array(memory);
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    this.#worker = new Worker(program, {
      eval: true,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb },
      workerData: { ...start, flags: memory, answers: port2 } satisfies ThreadStart,
      transferList: [port2],
    });
    const ready = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.gone = gone.promise;
    const threw = (error: Error): void => {
      ready.reject(error.name === 'Error' ? new ScriptError(start.path, error.message) : error);
      this.#listener?.threw(error);
    };
    this.#worker.on('message', ({ points, lines, events }: FromThread) => {
      for (const line of lines) log(line);
      if (this.#listener) for (const point of points) this.#listener.host.emit(point);
      for (const event of events) {
        if (event.kind === 'ready') ready.resolve();
        else if (event.kind === 'threw') threw(errorOf(event.error));
        else this.#hear(event);
      }
    });
    this.#worker.once('error', (error) => {
      threw(new ThreadLostError(error));
    });
    this.#worker.once('exit', () => {
      this.#ended = true;
      this.#answers.close();
      gone.resolve();
    });
    // Whoever asks waits for it: a rejection that nobody waits for ends the process.
    this.ready.catch(() => undefined);
  }

  /** What it did was given up, or it is gone. */
  get interrupted(): boolean {
    return this.#underWay.interrupted || this.#ended;
  }

  /** Whoever hears of the thread from now on. */
  heardBy(listener: ThreadListener): void {
    this.#listener = listener;
  }

  tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** Gives up what it does: what has been measured is told, and the thread ends. */
  interrupt(): void {
    if (this.interrupted) return;
    this.#underWay.interrupt();
    Atomics.store(this.#flags, flags.interrupted, 1);
    Atomics.notify(this.#flags, flags.interrupted);
    const timer = setTimeout(() => void this.end(), lastWordsMs);
    void this.gone.then(() => clearTimeout(timer));
  }

  async end(): Promise<void> {
    if (!this.#ended) await this.#worker.terminate();
    await this.gone;
  }

  #hear(event: Exclude<ThreadEvent, { kind: 'ready' | 'threw' }>): void {
    const listener = this.#listener;
    switch (event.kind) {
      case 'request':
        void this.#send(event);
        break;
      case 'parked':
        void this.end();
        break;
      case 'ended':
        this.#connections.iterationEnded();
        listener?.ended(event);
        break;
      case 'late':
        listener?.host.late(event.lateMs);
        break;
      case 'aborted':
        listener?.host.abort(event.message);
        break;
      case 'failed':
        listener?.host.fail(event.message);
        break;
    }
  }

  async #send({ id, askedMs, request, waits }: ThreadEvent & { kind: 'request' }): Promise<void> {
    if (!this.#listener) return;
    const { now, late } = this.#listener.host;
    // The way from thread to thread is the generator's own, as a late timer is, and no part of a latency.
    late(now() - askedMs);
    const sent = { ...request, url: new URL(request.url) };
    const exchanged = await exchange(this.#connections.dispatcher(), sent, now, this.#underWay);
    if (this.#ended) return;
    const answer = { ...exchanged, body: alone(exchanged.body) };
    if (!waits) return this.tell({ kind: 'answer', id, answer });
    this.#answers.postMessage({ id, answer } satisfies Answer);
    Atomics.add(this.#flags, flags.answered, 1);
    Atomics.notify(this.#flags, flags.answered);
  }
}

function errorOf(error: PortableError): Error {
  switch (error.kind) {
    case 'unsupported':
      return new UnsupportedError(error.what, error.instead);
    case 'aborted':
      return new TestAbortedError('');
    case 'script':
      return new Error(error.message);
  }
}
