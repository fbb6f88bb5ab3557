import { divideCpu, type ServerSnapshot } from './databaseCpu.ts';
import { contention, machineUse, type MachineSnapshot, type MachineUse } from './otherWork.ts';

/** What the period from `startMs` on used on average, or why that is not told. */
export type PeriodCpu = { startMs: number; machine?: MachineUse } & (
  | {
      /** By database, in percent of its equal share of the machine's cores; above 100 when it takes others'. */
      percent: ReadonlyMap<string, number>;
      /** The server itself, in percent of all cores. */
      serverPercent: number;
    }
  | { withheld: { why: 'contended' | 'late' | 'unanswered'; reason: string } }
);

/** The look that begins a period. */
interface Opening {
  startMs: number;
  server: ServerSnapshot;
  machine: MachineSnapshot | undefined;
}

/** How far apart from its period's length the time between its first and its last look may be. */
const toleratedShare = 0.1;

/** Adds up what the databases use from look to look, and says at each period's end what it used on average. */
export class CpuMeter {
  readonly #periodMs: number;
  readonly #databases: readonly string[];
  readonly #cores: number;
  #before: ServerSnapshot | undefined;
  /** Undefined until a period has begun with a look: the first one is not whole. */
  #opening: Opening | 'unanswered' | undefined;
  #seconds = new Map<string, number>();
  #serverSeconds = 0;

  constructor(options: { periodMs: number; databases: readonly string[]; cores: number }) {
    this.#periodMs = options.periodMs;
    this.#databases = options.databases;
    this.#cores = options.cores;
  }

  /** A look within a period. One that is left out is made up for by the next. */
  look(now: ServerSnapshot): void {
    if (this.#before) {
      const { seconds, serverSeconds } = divideCpu(this.#before, now, this.#databases);
      for (const [database, used] of seconds) {
        this.#seconds.set(database, (this.#seconds.get(database) ?? 0) + used);
      }
      this.#serverSeconds += serverSeconds;
    }
    this.#before = now;
  }

  /**
   * The look that begins a period and ends the one before; undefined when the server gave none.
   * @returns what the period that ended used; undefined for the one in which the stage was started
   */
  begin(
    startMs: number,
    now: ServerSnapshot | undefined,
    machine: MachineSnapshot | undefined,
  ): PeriodCpu | undefined {
    const opening = this.#opening;
    if (now) this.look(now);
    const ended = opening && this.#ended(startMs - this.#periodMs, opening, now, machine);
    this.#opening = now ? { startMs, server: now, machine } : 'unanswered';
    this.#seconds.clear();
    this.#serverSeconds = 0;
    return ended;
  }

  #ended(
    startMs: number,
    opening: Opening | 'unanswered',
    now: ServerSnapshot | undefined,
    machineNow: MachineSnapshot | undefined,
  ): PeriodCpu {
    if (opening === 'unanswered' || !now) {
      const reason = 'the database server did not answer as the period began or ended';
      return { startMs, withheld: { why: 'unanswered', reason } };
    }
    const machine = opening.machine && machineNow && machineUse(opening.machine, machineNow);
    const period = { startMs, ...(machine && { machine }) };
    const reason = machine && contention(machine);
    if (reason !== undefined) return { ...period, withheld: { why: 'contended', reason } };
    const elapsedMs = now.atMs - opening.server.atMs;
    if (Math.abs(elapsedMs / this.#periodMs - 1) > toleratedShare || startMs !== opening.startMs) {
      const looked = `${(elapsedMs / 1_000).toFixed(1)} s lay between samples that should be ${this.#periodMs / 1_000} s apart`;
      return {
        ...period,
        withheld: { why: 'late', reason: `the stage could not measure in time: ${looked}` },
      };
    }
    const coreSeconds = (elapsedMs / 1_000) * this.#cores;
    const share = coreSeconds / this.#databases.length;
    return {
      ...period,
      percent: new Map(
        this.#databases.map((database) => [database, (100 * (this.#seconds.get(database) ?? 0)) / share]),
      ),
      serverPercent: (100 * this.#serverSeconds) / coreSeconds,
    };
  }
}
