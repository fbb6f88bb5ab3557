import type { EndedSession } from '../postgres/endedSession.ts';
import { readCpuSeconds } from './processCpu.ts';

/** A session that has ended, and what it used. */
export interface EndedBackend extends EndedSession {
  /** Milliseconds of a clock that never goes back. */
  endedAtMs: number;
  /** CPU seconds of its whole life but its last moment; undefined when its process was gone before it was read. */
  cpuSeconds: number | undefined;
}

/** Keeps what ended sessions used: the kernel forgets whose it was as soon as the server has waited for them. */
export class EndedSessions {
  #kept: EndedBackend[] = [];
  readonly #readCpuSeconds: (pid: number) => number | undefined;

  constructor(read = readCpuSeconds) {
    this.#readCpuSeconds = read;
  }

  /** To be called at once as a session ends. */
  readonly add = (session: EndedSession): void => {
    this.#kept.push({
      ...session,
      endedAtMs: performance.now(),
      cpuSeconds: this.#readCpuSeconds(session.pid),
    });
  };

  /** Those that have ended and are not among the server's processes any more, each once. */
  take(living: ReadonlySet<number>): EndedBackend[] {
    const { there = [], gone = [] } = Object.groupBy(this.#kept, ({ pid }) =>
      living.has(pid) ? 'there' : 'gone',
    );
    this.#kept = there;
    return gone;
  }
}
