import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import { rateMinutes } from './rate.ts';

export interface ScheduleRule {
  name: string;
  arn: string;
  /** `rate(…)` */
  expression: string;
  functionName: string;
  /** Makes what the function is given of EventBridge's own event; left out, that event. */
  inputOf?: (event: Readonly<Record<string, unknown>>) => unknown;
}

export interface SchedulesOptions {
  region: string;
  accountId: string;
  clock: Clock;
  /** A minute of a schedule lasts this long here: the period of the stage's metrics. */
  minuteMs: number;
  invoke: (functionName: string, event: unknown) => Promise<InvocationOutcome>;
  onError: (error: unknown) => void;
}

/**
 * EventBridge's rate rules. Time passes faster here, as it does for the stage's metrics: where a period is
 * five seconds, `rate(1 minute)` runs every five. Runs lie on an absolute grid from the start; one that would
 * overlap the run before it is left out.
 */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #rules: { rule: ScheduleRule; intervalMs: number }[] = [];
  readonly #stop = new AbortController();
  #loops: Promise<void>[] = [];

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  /** @throws Error for an expression that is no rate. */
  add(rule: ScheduleRule): void {
    this.#rules.push({ rule, intervalMs: rateMinutes(rule.expression) * this.#options.minuteMs });
  }

  start(): void {
    this.#loops = this.#rules.map(({ rule, intervalMs }) => this.#run(rule, intervalMs));
  }

  /** No further run; waits for those under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #run(rule: ScheduleRule, intervalMs: number): Promise<void> {
    const { clock, invoke, onError } = this.#options;
    const { signal } = this.#stop;
    const startMs = clock.now();
    for (;;) {
      const runs = Math.floor((clock.now() - startMs) / intervalMs) + 1;
      const dueMs = startMs + runs * intervalMs;
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal).catch(() => {});
      if (signal.aborted) return;
      // A failure shows in the function's own metrics and logs; what is thrown is no failure of it.
      const event = this.#event(rule, dueMs);
      await invoke(rule.functionName, rule.inputOf?.(event) ?? event).catch(onError);
      if (signal.aborted) return;
    }
  }

  #event(rule: ScheduleRule, dueMs: number): Record<string, unknown> {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.#options.accountId,
      time: new Date(dueMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      region: this.#options.region,
      resources: [rule.arn],
      detail: {},
    };
  }
}
