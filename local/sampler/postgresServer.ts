import { statfs } from 'node:fs/promises';
import { Client } from 'pg';
import type { PostgresServer } from '../postgres/server.ts';
import type { ServerSnapshot } from './databaseCpu.ts';
import type { EndedSessions } from './endedSessions.ts';
import { childrenOf, readProcesses, readProcessCpu } from './processCpu.ts';

/** What the server says of itself, and what the operating system says of its processes. */
export interface ServerObservation {
  /** Or why it could not be read. */
  cpu: ServerSnapshot | { unavailable: string };
  /** Client connections by database; those without any are left out. */
  connections: ReadonlyMap<string, number>;
  /** Databases that are there. */
  databases: ReadonlySet<string>;
  /** Left out of a look without sizes. */
  disk?: {
    /** Size of each database. */
    bytes: ReadonlyMap<string, number>;
    /** Bytes still free on the file system that holds them. */
    freeBytes: number;
  };
}

export type ObservedServer = Pick<PostgresServer, 'host' | 'port' | 'adminUser' | 'adminPassword' | 'pid'>;

/** How long the server may take to answer before it counts as not answering. */
const timeoutMs = 2_000;

/** How often the processes are read until none has ended meanwhile. */
const cpuAttempts = 5;

/** Who works in which process of the server, and for what. */
interface Work {
  /** The database by process id; null for what belongs to no system. */
  databaseOf: ReadonlyMap<number, string | null>;
  /** Users whose sessions belong to no system, whatever their database. */
  watchers: ReadonlySet<string>;
}

/**
 * Looks at the server through one administrator's connection, opened again after it was lost.
 *
 * What a system uses is what its own users' sessions use. Administrators' sessions and those of users who may
 * monitor the server, as the probe may, watch it: their work is the server's own.
 */
export class PostgresObserver {
  readonly #server: ObservedServer;
  readonly #ended: EndedSessions;
  readonly #platform: NodeJS.Platform;
  #client: Client | undefined;
  /** Of the look before. A session leaves the server's list a moment before its process ends. */
  #databaseOf: ReadonlyMap<number, string | null> = new Map();

  /** @param ended those of the server's sessions that have ended */
  constructor(server: ObservedServer, ended: EndedSessions, platform: NodeJS.Platform) {
    this.#server = server;
    this.#ended = ended;
    this.#platform = platform;
  }

  /**
   * @param sizes whether to measure the databases' sizes, for which the server looks at hundreds of files each
   * @throws the connection's error when the server does not answer.
   */
  async observe({ sizes }: { sizes: boolean }): Promise<ServerObservation> {
    try {
      const client = await this.#connected();
      const { rows: processes } = await client.query<{
        pid: number;
        database: string | null;
        client: boolean;
        watches: boolean;
      }>(
        `SELECT pid, datname AS database, backend_type = 'client backend' AS client,
                coalesce(pg_has_role(usesysid, 'pg_monitor', 'MEMBER'), false) AS watches
           FROM pg_stat_activity`,
      );
      const { rows: watchers } = await client.query<{ user: string }>(
        `SELECT rolname AS user FROM pg_roles WHERE rolcanlogin AND pg_has_role(oid, 'pg_monitor', 'MEMBER')`,
      );
      const { rows: databases } = await client.query<{
        database: string;
        bytes: string | null;
        directory: string;
      }>(
        `SELECT datname AS database, CASE WHEN $1 THEN pg_database_size(oid) END AS bytes,
                current_setting('data_directory') AS directory
           FROM pg_database WHERE NOT datistemplate`,
        [sizes],
      );
      const connections = new Map<string, number>();
      for (const { database, client: isClient } of processes) {
        if (isClient && database !== null) connections.set(database, (connections.get(database) ?? 0) + 1);
      }
      const { bavail, bsize } = await statfs(databases[0]?.directory ?? '/');
      return {
        cpu: await this.#cpu({
          databaseOf: new Map(
            processes.map(({ pid, database, watches }) => [pid, watches ? null : database]),
          ),
          watchers: new Set(watchers.map(({ user }) => user)),
        }),
        connections,
        databases: new Set(databases.map(({ database }) => database)),
        ...(sizes && {
          disk: {
            bytes: new Map(databases.map(({ database, bytes }) => [database, Number(bytes)])),
            freeBytes: bavail * bsize,
          },
        }),
      };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    const { host, port, adminUser, adminPassword } = this.#server;
    const client = new Client({
      host,
      port,
      user: adminUser,
      password: adminPassword,
      database: 'postgres',
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    // Lost between two looks: the next one connects again.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    await client.connect();
    this.#client = client;
    return client;
  }

  async #cpu({ databaseOf, watchers }: Work): Promise<ServerObservation['cpu']> {
    if (this.#platform !== 'linux') {
      return {
        unavailable: `platform ${this.#platform} has no /proc, so a database's CPU cannot be measured`,
      };
    }
    const { pid } = this.#server;
    let postmaster = readProcessCpu(pid);
    for (let attempt = 1; postmaster; attempt += 1) {
      const children = await readProcesses(await childrenOf(pid));
      const atMs = performance.now();
      const after = readProcessCpu(pid);
      // A process that ended meanwhile would count twice, or not at all: all it ever used, at once.
      if (after?.endedChildrenTicks === postmaster.endedChildrenTicks || attempt === cpuAttempts) {
        // One that has just started is not in the server's list yet: it is counted with the next look.
        const processes = children.flatMap((child) => {
          const known = databaseOf.has(child.pid) ? databaseOf : this.#databaseOf;
          const database = known.get(child.pid);
          return database === undefined ? [] : [{ ...child, database }];
        });
        this.#databaseOf = new Map(processes.map((process) => [process.pid, process.database]));
        const ended = this.#ended
          .take(new Set(children.map((child) => child.pid)))
          .map((session) => ({ ...session, database: watchers.has(session.user) ? null : session.database }));
        return { atMs, postmaster, processes, ended };
      }
      postmaster = after;
    }
    return { unavailable: `the PostgreSQL server (process ${pid}) has ended` };
  }
}
