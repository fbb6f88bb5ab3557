import type { Client, ClientBase } from 'pg';
import type { Database } from '../redshift/database.ts';
import { separator } from '../redshift/sql.ts';

/** What befalls an environment at a statement. */
export type Fate =
  | 'run'
  /** The session is ended by the database: the statement is not, or was, carried out. */
  | 'sessionEndsBefore'
  | 'sessionEndsAfter'
  /** The environment is gone: nobody learns what became of its batch. */
  | 'environmentDiesBefore'
  | 'environmentDiesAfter';

/** Thrown into an environment that is gone. */
export class EnvironmentDied extends Error {
  override readonly name = 'EnvironmentDied';
}

interface Seat {
  /** Waits to be told how its next statement goes. */
  next: ((fate: Fate) => void) | undefined;
  /** Backend of the statement under way. */
  pid: number | undefined;
  dead: boolean;
}

/**
 * Runs environments one statement at a time, in an order chosen from outside. Each stops before every
 * statement; one that waits for another's lock is left waiting while others go on.
 */
export class Interleaver {
  readonly #admin: ClientBase;
  readonly #leaveOut: (statement: string) => boolean;
  readonly #seats = new Set<Seat>();

  constructor(admin: ClientBase, leaveOut: (statement: string) => boolean = () => false) {
    this.#admin = admin;
    this.#leaveOut = leaveOut;
  }

  /** Works like an environment's invocation on `database`; says whether the environment died in it. */
  async run(database: Database, invocation: (stepped: Database) => Promise<unknown>): Promise<boolean> {
    const seat: Seat = { next: undefined, pid: undefined, dead: false };
    this.#seats.add(seat);
    try {
      await invocation({
        ...database,
        use: (work, withinMs) =>
          database.use((client, signal) => work(this.#stepped(seat, client as Client), signal), withinMs),
      });
    } finally {
      this.#seats.delete(seat);
    }
    return seat.dead;
  }

  /** Lets the `choice`th of the environments that can go on run one statement; false when none is left. */
  async step(choice: number, fate: Fate): Promise<boolean> {
    const ready = await this.#ready();
    const seat = ready[choice % ready.length];
    const next = seat?.next;
    if (!seat || !next) return false;
    seat.next = undefined;
    next(fate);
    return true;
  }

  /** Those that wait for their turn, once nobody moves any more. */
  async #ready(): Promise<Seat[]> {
    for (;;) {
      const moving = [...this.#seats].filter(({ next }) => next === undefined);
      if (moving.length === 0) break;
      const pids = moving.flatMap(({ pid }) => pid ?? []);
      if (pids.length === moving.length && pids.length < this.#seats.size && (await this.#blocked(pids)))
        break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return [...this.#seats].filter(({ next }) => next !== undefined);
  }

  async #blocked(pids: readonly number[]): Promise<boolean> {
    const { rows } = await this.#admin.query(
      'SELECT pid FROM unnest($1::int[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0',
      [pids],
    );
    return rows.length === pids.length;
  }

  #stepped(seat: Seat, client: Client): ClientBase {
    const pid = (client as Client & { processID: number }).processID;
    const end = () => this.#admin.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
    const die = async (): Promise<never> => {
      seat.dead = true;
      await end();
      throw new EnvironmentDied();
    };
    const step = async (statement: string, values?: unknown[]): Promise<unknown> => {
      if (seat.dead) throw new EnvironmentDied();
      const fate = await new Promise<Fate>((resolve) => (seat.next = resolve));
      if (fate === 'environmentDiesBefore') await die();
      if (fate === 'sessionEndsBefore') await end();
      if (this.#leaveOut(statement)) return { rows: [] };
      seat.pid = pid;
      try {
        const result = await client.query(statement, values);
        if (fate === 'environmentDiesAfter') await die();
        if (fate === 'sessionEndsAfter') {
          await end();
          await client.query('SELECT 1');
        }
        return result;
      } finally {
        seat.pid = undefined;
      }
    };
    // Those that go in one message follow each other: others' may come between.
    const query = async (statement: string | { text: string; values: unknown[] }): Promise<unknown> => {
      if (typeof statement === 'object') return step(statement.text, statement.values);
      const statements = statement.split(separator);
      const results: unknown[] = [];
      for (const each of statements) results.push(await step(each));
      return results.length === 1 ? results[0] : results;
    };
    return { query } as unknown as ClientBase;
  }
}
