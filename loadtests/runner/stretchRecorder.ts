import type { RunFile } from '../../records/run.ts';
import type { Distribution } from '../../records/distribution.ts';
import { Latencies } from './latencies.ts';
import { isWithin, type Window } from './window.ts';

/** What began within a window of a run, of one system. */
export class StretchRecorder {
  readonly #window: Window;
  readonly #latencies = new Latencies('bounded');
  #requests = 0;
  #failed = 0;

  constructor(window: Window) {
    this.#window = window;
  }

  includes(ms: number): boolean {
    return isWithin(this.#window, ms);
  }

  /** Counts a request that began at `startMs`, if that is within. @param latencyMs null for one without an answer */
  add(startMs: number, latencyMs: number | null, failed: boolean): void {
    if (!this.includes(startMs)) return;
    this.#requests += 1;
    if (failed) this.#failed += 1;
    if (latencyMs !== null) this.#latencies.add(latencyMs);
  }

  /** Of the answers; null without any. */
  latencies(): Distribution | null {
    return this.#latencies.distribution();
  }

  summary(): NonNullable<RunFile['systems'][number]['before']> {
    return { requests: this.#requests, failed: this.#failed, latencyMs: this.#latencies.summary() };
  }
}
