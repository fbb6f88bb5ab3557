import type { SystemDocument } from '../monitoring/systemDocument.ts';
import type { Clock } from '../service/clock.ts';
import { describeError } from './errors.ts';
import type { DrillClients, Fault } from './faults/fault.ts';
import type { Intent, Journal } from './journal.ts';

export interface FaultLedgerOptions {
  faults: readonly Fault[];
  systems: readonly SystemDocument[];
  clients: DrillClients;
  journal: Journal;
  clock: Clock;
  onProgress: (line: string) => void;
}

/** Puts faults in place and undoes them, each step in the journal before it is taken. */
export class FaultLedger {
  readonly #options: FaultLedgerOptions;
  /** What may be in place, oldest first; by system, since systems go their ways in parallel. */
  readonly #outstanding = new Map<string, { fault: Fault; intent: Intent }[]>();
  #sequence = 0;

  constructor(options: FaultLedgerOptions) {
    this.#options = options;
  }

  /**
   * Puts every fault in place in every system, and waits for all of them even when one fails or `signal`
   * aborts: a change under way must not land after its inverse.
   * @throws Whatever the first failed system said, or an AggregateError of several.
   */
  async injectAll(signal: AbortSignal): Promise<void> {
    await everySystem(this.#options.systems, (system) => this.#inject(system, signal));
  }

  /** Undoes what may be in place; what fails stays for the next call. @throws as `injectAll` */
  async restoreAll(): Promise<void> {
    const systems = this.#options.systems.filter(({ system }) => this.#outstanding.has(system));
    await everySystem(systems, (system) => this.#restore(system));
  }

  async #inject(system: SystemDocument, signal: AbortSignal): Promise<void> {
    const { faults, clients, journal, clock } = this.#options;
    for (const fault of faults) {
      signal.throwIfAborted();
      const { arguments: planned, inverse } = fault.plan(system);
      const intent = this.#intent('inject', fault.name, system.system, planned, inverse);
      await journal.append(intent);
      if (inverse !== null) {
        const before = this.#outstanding.get(system.system) ?? [];
        this.#outstanding.set(system.system, [...before, { fault, intent }]);
      }
      await fault.inject(planned, { clients, clock, signal });
    }
  }

  async #restore({ system }: SystemDocument): Promise<void> {
    const outstanding = this.#outstanding.get(system) ?? [];
    for (let last = outstanding.at(-1); last !== undefined; last = outstanding.at(-1)) {
      const { fault, intent } = last;
      await this.#record(this.#intent('restore', fault.name, system, intent.inverse, null));
      await fault.restore(intent.inverse, this.#options.clients);
      outstanding.pop();
      await this.#record({ kind: 'undone', sequence: intent.sequence, at: this.#now() });
    }
    this.#outstanding.delete(system);
  }

  /** A journal that cannot be written does not keep a fault in place. */
  async #record(entry: Parameters<Journal['append']>[0]): Promise<void> {
    try {
      await this.#options.journal.append(entry);
    } catch (error) {
      this.#options.onProgress(describeError(error));
    }
  }

  #intent(step: Intent['step'], fault: string, system: string, planned: unknown, inverse: unknown): Intent {
    const sequence = this.#sequence;
    this.#sequence += 1;
    const at = this.#now();
    return { kind: 'intent', sequence, at, step, fault, system, arguments: planned, inverse, schedule: null };
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

async function everySystem(
  systems: readonly SystemDocument[],
  act: (system: SystemDocument) => Promise<void>,
): Promise<void> {
  const settled = await Promise.allSettled(systems.map(act));
  const failures = settled
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} systems failed`);
}
