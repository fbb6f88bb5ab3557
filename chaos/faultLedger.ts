import { planOf } from './lacking.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/describeError.ts';
import { FaultLapsedError } from './errors.ts';
import type { DrillClients, Fault, FaultContext } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import type { Intent } from '../records/journal.ts';
import type { Journal } from '../records/journalFile.ts';
import { armSafetyNet, disarmSafetyNet } from './safetyNet.ts';

export interface FaultLedgerOptions {
  faults: readonly Fault[];
  identity: DrillIdentity;
  systems: readonly PublishedDocument[];
  clients: DrillClients;
  journal: Journal;
  clock: Clock;
  onProgress: (line: string) => void;
  /** From an injection until it is undone at the latest: then a schedule undoes it on its own. */
  undoneWithinMs: number;
}

interface Outstanding {
  fault: Fault;
  intent: Intent;
  seenInPlaceMs: number;
  /** What its injection noted. */
  reached: unknown[];
}

type InjectionContext = Pick<FaultContext, 'publisher' | 'signal'>;

/** Puts faults in place and undoes them, each step in the journal before it is taken. */
export class FaultLedger {
  readonly #options: FaultLedgerOptions;
  /** What may be in place, oldest first; by system, since systems go their ways in parallel. */
  readonly #outstanding = new Map<string, Outstanding[]>();
  #sequence = 0;

  constructor(options: FaultLedgerOptions) {
    this.#options = options;
  }

  /**
   * Puts every fault in place in every system, and waits for all of them even when one fails or the
   * signal aborts: a change under way must not land after its inverse.
   * @throws Whatever the first failed system said, or an AggregateError of several.
   */
  async injectAll(how: InjectionContext): Promise<void> {
    await everySystem(this.#options.systems, (system) => this.#inject(system, how));
  }

  /** Nothing may be in place that is not undone, or heals by itself. */
  get isEmpty(): boolean {
    return this.#outstanding.size === 0;
  }

  /** Undoes what may be in place; what fails stays for the next call. @throws as `injectAll` */
  async restoreAll(): Promise<void> {
    const systems = this.#options.systems.filter(({ system }) => this.#outstanding.has(system));
    await everySystem(systems, (system) => this.#restore(system));
  }

  async #inject(system: PublishedDocument, how: InjectionContext): Promise<void> {
    const { faults, identity, clients, journal, clock } = this.#options;
    for (const fault of faults) {
      how.signal.throwIfAborted();
      const { arguments: planned, inverse } = planOf(fault, system, identity);
      // Armed before anything is taken away. If this process dies before the journal knows of the
      // schedule, it authorises what is there, and deletes itself.
      const schedule = await this.#arm(fault, system, inverse);
      const intent = this.#intent('inject', fault.name, system.system, planned, inverse, schedule);
      await journal.append(intent);
      const reached: unknown[] = [];
      if (inverse !== null) {
        const before = this.#outstanding.get(system.system) ?? [];
        const one: Outstanding = { fault, intent, seenInPlaceMs: clock.now(), reached };
        this.#outstanding.set(system.system, [...before, one]);
      }
      const note = async (what: unknown): Promise<void> => {
        reached.push(what);
        await journal.append({ kind: 'reached', sequence: intent.sequence, at: this.#now(), what });
      };
      await fault.inject(planned, { ...how, clients, clock, note });
    }
  }

  /**
   * Looks whether every fault is in place still.
   * @throws FaultLapsedError saying of the first that is not since when at the latest, and when it still was.
   */
  async assureInPlace(signal: AbortSignal): Promise<void> {
    const { clients, clock } = this.#options;
    await everySystem(this.#options.systems, async ({ system }) => {
      for (const standing of this.#outstanding.get(system) ?? []) {
        signal.throwIfAborted();
        const askedMs = clock.now();
        const lapsed = await standing.fault.lapse?.(standing.intent.arguments, clients);
        if (lapsed) {
          throw new FaultLapsedError(
            `${system}: ${lapsed}, at ${timeOf(clock.now())} at the latest; the fault was in place at ` +
              timeOf(standing.seenInPlaceMs),
          );
        }
        standing.seenInPlaceMs = askedMs;
      }
    });
  }

  async #restore({ system }: PublishedDocument): Promise<void> {
    const outstanding = this.#outstanding.get(system) ?? [];
    for (let last = outstanding.at(-1); last !== undefined; last = outstanding.at(-1)) {
      const { fault, intent, reached } = last;
      await this.#record(this.#intent('restore', fault.name, system, intent.inverse, null));
      const { clients, clock, onProgress } = this.#options;
      const injectedAtMs = Date.parse(intent.at);
      const remark = await fault.restore(intent.inverse, { clients, clock, injectedAtMs, reached });
      if (remark !== null) onProgress(`${system}: ${remark}`);
      outstanding.pop();
      await this.#record({ kind: 'undone', sequence: intent.sequence, at: this.#now() });
      await this.#disarm(intent);
    }
    this.#outstanding.delete(system);
  }

  /**
   * The ARN of the schedule that undoes the fault should nobody else; null where there is none.
   * @throws Whatever the scheduler says: without its net the fault must not be put in place.
   */
  async #arm(fault: Fault, system: PublishedDocument, inverse: unknown): Promise<string | null> {
    if (!fault.restoreCall) return null;
    const { clients, clock, undoneWithinMs, onProgress } = this.#options;
    const { restoreRoleArn } = system;
    if (restoreRoleArn === undefined) {
      onProgress(
        `${system.system} publishes no restoreRoleArn: if this process dies, no schedule undoes ${fault.name}, ` +
          'only "headroom chaos restore" does',
      );
      return null;
    }
    const seconds = Math.floor(clock.now() / 1_000).toString(36);
    return armSafetyNet(clients.scheduler, {
      name: `${system.stage}-${system.system}-restore-${seconds}-${this.#sequence}`,
      call: fault.restoreCall(inverse),
      roleArn: restoreRoleArn,
      fireAtMs: clock.now() + undoneWithinMs,
      description: `Undoes ${fault.name} on ${system.system}, should the drill not have done so`,
    });
  }

  /** A schedule left behind is harmless, unless another drill runs when it fires: so it is told of. */
  async #disarm({ schedule }: Intent): Promise<void> {
    if (schedule === null) return;
    try {
      await disarmSafetyNet(this.#options.clients.scheduler, schedule);
    } catch (error) {
      this.#options.onProgress(`schedule ${schedule} could not be deleted: ${describeError(error)}`);
    }
  }

  /** A journal that cannot be written does not keep a fault in place. */
  async #record(entry: Parameters<Journal['append']>[0]): Promise<void> {
    try {
      await this.#options.journal.append(entry);
    } catch (error) {
      this.#options.onProgress(describeError(error));
    }
  }

  #intent(
    step: Intent['step'],
    fault: string,
    system: string,
    planned: unknown,
    inverse: unknown,
    schedule: string | null = null,
  ): Intent {
    const sequence = this.#sequence;
    this.#sequence += 1;
    const at = this.#now();
    return { kind: 'intent', sequence, at, step, fault, system, arguments: planned, inverse, schedule };
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

/** `12:00:05Z` */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)}Z`;

async function everySystem(
  systems: readonly PublishedDocument[],
  act: (system: PublishedDocument) => Promise<void>,
): Promise<void> {
  const settled = await Promise.allSettled(systems.map(act));
  const failures = settled
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} systems failed`);
}
