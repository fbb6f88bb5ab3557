import { statfs } from 'node:fs/promises';
import { Client } from 'pg';
import type { PostgresServer } from '../postgres/server.ts';
import type { ServerSnapshot } from './databaseCpu.ts';
import { readProcessCpu } from './processCpu.ts';

/** What the server says of itself, and what the operating system says of its processes. */
export interface ServerObservation {
  /** Or why it could not be read. */
  cpu: ServerSnapshot | { unavailable: string };
  /** Client connections by database. */
  connections: ReadonlyMap<string, number>;
  /** Size of each database. */
  bytes: ReadonlyMap<string, number>;
  /** Bytes still free on the file system that holds them. */
  freeBytes: number;
}

export type ObservedServer = Pick<PostgresServer, 'host' | 'port' | 'adminUser' | 'adminPassword' | 'pid'>;

/** How long the server may take to answer before it counts as not answering. */
const timeoutMs = 2_000;

/** How often the processes are read until none has ended meanwhile. */
const cpuAttempts = 5;

/** Looks at the server through one administrator's connection, opened again after it was lost. */
export class PostgresObserver {
  readonly #server: ObservedServer;
  readonly #platform: NodeJS.Platform;
  #client: Client | undefined;

  constructor(server: ObservedServer, platform: NodeJS.Platform) {
    this.#server = server;
    this.#platform = platform;
  }

  /** @throws the connection's error when the server does not answer. */
  async observe(): Promise<ServerObservation> {
    try {
      const client = await this.#connected();
      const { rows: processes } = await client.query<{
        pid: number;
        database: string | null;
        client: boolean;
      }>(
        `SELECT pid, datname AS database, backend_type = 'client backend' AS client
           FROM pg_stat_activity`,
      );
      const { rows: sizes } = await client.query<{ database: string; bytes: string; directory: string }>(
        `SELECT datname AS database, pg_database_size(oid) AS bytes,
                current_setting('data_directory') AS directory
           FROM pg_database WHERE NOT datistemplate`,
      );
      const connections = new Map<string, number>();
      for (const { database, client: isClient } of processes) {
        if (isClient && database !== null) connections.set(database, (connections.get(database) ?? 0) + 1);
      }
      const { bavail, bsize } = await statfs(sizes[0]?.directory ?? '/');
      return {
        cpu: await this.#cpu(processes),
        connections,
        bytes: new Map(sizes.map(({ database, bytes }) => [database, Number(bytes)])),
        freeBytes: bavail * bsize,
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

  async #cpu(
    processes: readonly { pid: number; database: string | null }[],
  ): Promise<ServerObservation['cpu']> {
    if (this.#platform !== 'linux') {
      return {
        unavailable: `platform ${this.#platform} has no /proc, so a database's CPU cannot be measured`,
      };
    }
    let postmaster = await readProcessCpu(this.#server.pid);
    for (let attempt = 1; postmaster; attempt += 1) {
      const living = await Promise.all(
        processes.map(async ({ pid, database }) => {
          const cpu = await readProcessCpu(pid);
          return cpu ? [{ ...cpu, database }] : [];
        }),
      );
      const atMs = performance.now();
      const after = await readProcessCpu(this.#server.pid);
      // A process that ended meanwhile would count twice, or not at all: all it ever used, at once.
      if (after?.endedChildrenTicks === postmaster.endedChildrenTicks || attempt === cpuAttempts) {
        return { atMs, postmaster, processes: living.flat() };
      }
      postmaster = after;
    }
    return { unavailable: `the PostgreSQL server (process ${this.#server.pid}) has ended` };
  }
}
