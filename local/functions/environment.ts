import { Worker } from 'node:worker_threads';
import type { EnvironmentData, EnvironmentMessage, FunctionError, InvocationRequest } from './protocol.ts';

/** What came of an invocation: the function's result as JSON, or what it threw. */
export type InvocationResult =
  | { requestId: string; payload: string }
  | { requestId: string; error: FunctionError };

/** What an environment tells who uses it. After `ended` it says nothing more. */
export interface EnvironmentListener {
  ready(): void;
  lines(lines: string[]): void;
  finished(result: InvocationResult): void;
  /** The thread is gone, whatever the reason; `error` says which. */
  ended(error: FunctionError): void;
}

/** Megabytes of a function's memory that Node itself takes, before its heap. */
const nodeItselfMiB = 40;
const youngGenerationMiB = 16;
const smallestHeapMiB = 32;

/** The stage's side of one execution environment. */
export class Environment {
  readonly #worker: Worker;
  readonly #listener: EnvironmentListener;
  #ended = false;
  #lastError: FunctionError | undefined;

  constructor(
    data: EnvironmentData,
    variables: Readonly<Record<string, string>>,
    listener: EnvironmentListener,
  ) {
    this.#listener = listener;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: data,
      env: { ...variables },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.max(
          smallestHeapMiB,
          data.memoryMiB - nodeItselfMiB - youngGenerationMiB,
        ),
        maxYoungGenerationSizeMb: youngGenerationMiB,
      },
    });
    this.#worker.on('message', (message: EnvironmentMessage) => this.#receive(message));
    this.#worker.on('error', (error: Error & { code?: string }) => {
      this.#lastError ??=
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { errorType: 'Runtime.OutOfMemory', errorMessage: `Memory of ${data.memoryMiB} MiB exhausted` }
          : {
              errorType: error.name ?? 'Error',
              errorMessage: error.message ?? String(error),
              trace: error.stack?.split('\n') ?? [],
            };
    });
    this.#worker.on('exit', (code) => {
      this.#end({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with exit status ${code}` });
    });
  }

  invoke(request: InvocationRequest): void {
    this.#worker.postMessage(request);
  }

  /** Ends the thread, whatever it is doing; its sockets are closed with it. */
  async terminate(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #receive(message: EnvironmentMessage): void {
    if (this.#ended) return;
    if (message.type !== 'ready' && message.lines.length > 0) this.#listener.lines(message.lines);
    switch (message.type) {
      case 'ready':
        this.#listener.ready();
        break;
      case 'initFailed':
        this.#end(message.error);
        void this.#worker.terminate();
        break;
      case 'result':
      case 'failure':
        this.#listener.finished(message);
        break;
      case 'lines':
        break;
    }
  }

  #end(error: FunctionError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#listener.ended(this.#lastError ?? error);
  }
}
