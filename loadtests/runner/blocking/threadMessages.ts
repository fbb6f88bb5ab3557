import type { MessagePort } from 'node:worker_threads';
import type { Point } from '../points.ts';
import type { Returned } from '../returned.ts';
import type { SharedElements } from '../sharedArrays.ts';
import type { Exchange, ExchangeRequest } from '../transport.ts';
import type { UserSpec } from '../userSpec.ts';
import type { IterationNumbers, Scenario } from '../virtualUser.ts';

/** What a thread is started with. */
export interface ThreadStart {
  path: string;
  /** Of `bundleScript`. */
  text: string;
  spec: UserSpec;
  sharedArrays: ReadonlyMap<string, SharedElements>;
  /** How long its init context may take, in milliseconds. */
  initMs: number;
  /** What `exec.test.options` shows, as JSON. */
  options: string;
  /** Of `RunCounts`. */
  counts: SharedArrayBuffer;
  /** With the places that the constant of this name tells. */
  flags: SharedArrayBuffer;
  /** Answers to what the script waits for. */
  answers: MessagePort;
}

/** Places in the memory that a thread and its owner share: a count of answers, and whether to give up. */
export const flags = { answered: 0, interrupted: 1, length: 2 } as const;

/** A request as it goes from thread to thread. */
export type PortableRequest = Omit<ExchangeRequest, 'url'> & { url: string };

/** What goes from thread to thread takes its whole memory along, and small Buffers share theirs with many. */
export const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);

/** An answer, by the request's number. */
export interface Answer {
  id: number;
  answer: Exchange;
}

/** The machine's clock that threads and their owner have in common, in milliseconds. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** To a thread. */
export type ToThread =
  | {
      kind: 'begin';
      scenario: Scenario;
      runStartMs: number;
      /** What `now` is ahead of `monotonicMs`. */
      clockOffsetMs: number;
      setupData: string | undefined;
    }
  | { kind: 'iterate'; intendedMs: number; numbers: IterationNumbers }
  /** Runs an exported function once, outside of any scenario. */
  | { kind: 'call'; argument: string | undefined; group: string }
  | ({ kind: 'answer' } & Answer);

/** What happened in a thread. */
export type ThreadEvent =
  | { kind: 'ready' }
  /** A request, asked for at this instant; the script waits for its answer, or has a promise of it. */
  | { kind: 'request'; id: number; askedMs: number; request: PortableRequest; waits: boolean }
  | { kind: 'late'; lateMs: number }
  | { kind: 'threw'; error: PortableError }
  | { kind: 'aborted' | 'failed'; message: string }
  /** An iteration has ended, or the function that was called. */
  | { kind: 'ended'; returned: Returned | null }
  /** Nothing more comes: what was interrupted waits for its end. */
  | { kind: 'parked' };

/** From a thread, in order; points come before the events beside them. */
export interface FromThread {
  points: Point[];
  lines: string[];
  events: ThreadEvent[];
}

/** An error of the script's, or of what the engine lacks. */
export type PortableError =
  | { kind: 'script'; message: string }
  | { kind: 'unsupported'; what: string; instead: string }
  | { kind: 'aborted' };
