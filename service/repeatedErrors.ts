import type { ErrorCode } from './errors.ts';

/** Invocations that an environment looks back on: seconds under load, hours in a quiet night. */
const rememberedInvocations = 20;

/** Tells an error that comes back from one that came once, within one environment. */
export class RepeatedErrors {
  #earlier: ReadonlySet<ErrorCode>[] = [];
  #now = new Set<ErrorCode>();
  #repeated = 0;

  failed(code: ErrorCode): void {
    if (this.#now.has(code) || this.#earlier.some((codes) => codes.has(code))) this.#repeated += 1;
    this.#now.add(code);
  }

  /** Ends an invocation. @returns how many of its failures had an error code seen shortly before. */
  endInvocation(): number {
    const repeated = this.#repeated;
    this.#earlier = [this.#now, ...this.#earlier].slice(0, rememberedInvocations);
    this.#now = new Set();
    this.#repeated = 0;
    return repeated;
  }
}
