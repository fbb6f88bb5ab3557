import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, escapeIdentifier } from 'pg';
import { PostgresStartError } from '../errors.ts';
import { guardChild } from '../../core/process/childGuard.ts';
import { commandLine, ended } from '../../core/process/processes.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import { adminUser, createDataDirectory, readAdminPassword } from './dataDirectory.ts';
import { logLinePrefix, parseDisconnection, type EndedSession } from './endedSession.ts';

export interface PostgresOptions {
  /** Made when it doesn't exist; used as it is when it does. */
  dataDirectory: string;
  /** Where binaries and the empty cluster are kept between starts; any directory that may be deleted. */
  cacheDirectory: string;
  /** For the whole server, administrators included. */
  maxConnections: number;
  /** Whether data that stands there already is thrown away first. */
  fresh?: boolean;
  /** Whether a commit waits for the disk, as production's does; left out, it doesn't. */
  durable?: boolean;
  /** PEM texts; with them the server also speaks TLS, as Redshift does. */
  tls?: { certificate: string; key: string };
  /**
   * Told of each client's session as it ends, mostly while its process is still there: within a millisecond, as long
   * as this process is not busy.
   */
  onSessionEnd?: (session: EndedSession) => void;
}

export interface PostgresServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly adminUser: string;
  readonly adminPassword: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** Resolves when the server has ended; `expected` after stop(). */
  readonly exited: Promise<{ expected: boolean; log: string }>;
  /** A database that runs at REPEATABLE READ, so that it hides no anomaly that Redshift would show. */
  createDatabase(name: string, options: { connectionLimit: number }): Promise<void>;
  /** Ends every session of a database; who is let in may connect again at once. */
  endSessions(database: string): Promise<void>;
  /** Ends every session, then the server. */
  stop(): Promise<void>;
}

/** How often a start is tried when another process took the port between the choice and the start. */
const startAttempts = 3;

/**
 * Starts a PostgreSQL server on a free loopback port. It ends with this process, also after a crash;
 * a server that another, dead process left on the same data is stopped first.
 * @throws PostgresStartError
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  await stopStale(options.dataDirectory);
  if (options.fresh) await rm(options.dataDirectory, { recursive: true, force: true });
  const binaries = await findBinaries(options.cacheDirectory);
  if (!existsSync(join(options.dataDirectory, 'PG_VERSION'))) {
    await createDataDirectory(binaries, options.cacheDirectory, options.dataDirectory);
  }
  await chmod(options.dataDirectory, 0o700);
  if (options.tls) await writeTlsFiles(binaries, options.dataDirectory, options.tls);
  const adminPassword = await readAdminPassword(options.dataDirectory);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return await start(binaries, options, port, adminPassword);
    } catch (error) {
      const portTaken = error instanceof PostgresStartError && error.message.includes('could not bind');
      if (!portTaken || attempt === startAttempts) throw error;
    }
  }
}

async function start(
  binaries: PostgresBinaries,
  options: PostgresOptions,
  port: number,
  adminPassword: string,
): Promise<PostgresServer> {
  const child = spawn(binaries.postgres, ['-D', options.dataDirectory, ...settings(port, options)], {
    ...binaries.runAs,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C reaches us alone, and we stop things in order.
    detached: true,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH ?? '' },
  });
  const { pid } = child;
  if (pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new PostgresStartError(`could not start ${binaries.postgres}: ${error.message}`, { cause: error });
  }
  const guard = guardChild(pid, 'QUIT');
  let stopping = false;
  const log = new LogTail(child, options.onSessionEnd);
  const exited = new Promise<{ expected: boolean; log: string }>((resolve) => {
    child.once('close', () => {
      guard.release();
      resolve({ expected: stopping, log: log.text() });
    });
  });
  const ready = await Promise.race([log.seen('database system is ready to accept connections'), exited]);
  if (ready !== 'seen') throw new PostgresStartError(`PostgreSQL ended while starting: ${ready.log.trim()}`);

  const asAdmin = async (act: (client: Client) => Promise<void>): Promise<void> => {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: adminUser,
      password: adminPassword,
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
    await client.connect();
    try {
      await act(client);
    } finally {
      await client.end();
    }
  };

  return {
    host: '127.0.0.1',
    port,
    adminUser,
    adminPassword,
    pid,
    exited,
    createDatabase: async (name, { connectionLimit }) => {
      const database = escapeIdentifier(name);
      await asAdmin(async (client) => {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
        await client.query(`ALTER DATABASE ${database} CONNECTION LIMIT ${Math.trunc(connectionLimit)}`);
        await client.query(
          `ALTER DATABASE ${database} SET default_transaction_isolation TO 'repeatable read'`,
        );
      });
    },
    endSessions: (database) =>
      asAdmin(async (client) => {
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
          database,
        ]);
      }),
    stop: async () => {
      stopping = true;
      await terminate(child, pid);
      await exited;
    },
  };
}

/** In the data directory. */
const tlsFiles = { certificate: 'headroom-tls.crt', key: 'headroom-tls.key' } as const;

async function writeTlsFiles(
  { runAs }: PostgresBinaries,
  dataDirectory: string,
  tls: { certificate: string; key: string },
): Promise<void> {
  for (const part of ['certificate', 'key'] as const) {
    const path = join(dataDirectory, tlsFiles[part]);
    await writeFile(path, tls[part], { mode: 0o600 });
    if (runAs) await chown(path, runAs.uid, runAs.gid);
  }
}

function settings(
  port: number,
  { maxConnections, durable = false, tls, onSessionEnd }: PostgresOptions,
): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: maxConnections,
    shared_buffers: '64MB',
    // PostgreSQL's own; initdb writes less for small segments, and checkpoints would come more often.
    max_wal_size: '1GB',
    // Survives the death of any process; only a power cut could lose data that a test stage may lose.
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    password_encryption: 'md5',
    jit: 'off',
    // What a session uses is what its own process uses. Workers beside it would end unseen, and start with each query.
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    timezone: 'UTC',
    log_min_messages: 'warning',
    // Statements carry client data; the log must not.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_line_prefix: logLinePrefix,
    log_disconnections: onSessionEnd ? 'on' : 'off',
    ...(tls && { ssl: 'on', ssl_cert_file: tlsFiles.certificate, ssl_key_file: tlsFiles.key }),
  };
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** Fast shutdown, then immediate, then the kernel's: each with its patience. */
async function terminate(child: ChildProcess, pid: number): Promise<void> {
  for (const [signalName, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signalName);
    if (await ended(pid, patienceMs)) return;
  }
}

/**
 * Stops the server that a dead process left running on this data; true when there was one.
 * @throws PostgresStartError when it does not end.
 */
export async function stopStale(dataDirectory: string): Promise<boolean> {
  const file = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(file?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const command = await commandLine(pid);
  // The id may have gone to another process since.
  if (command === null || !command.includes(dataDirectory)) return false;
  process.kill(pid, 'SIGQUIT');
  if (!(await ended(pid, 10_000))) {
    throw new PostgresStartError(
      `the PostgreSQL server ${pid} on ${dataDirectory} does not end; stop it and try again.`,
    );
  }
  return true;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The last lines of the server's log, without those that say no more than that a session has ended. */
class LogTail {
  readonly #lines: string[] = [];
  readonly #waiting = new Map<string, () => void>();

  constructor(child: ChildProcess, onSessionEnd: ((session: EndedSession) => void) | undefined) {
    if (!child.stderr) return;
    createInterface(child.stderr).on('line', (line) => {
      const session = parseDisconnection(line);
      if (session) onSessionEnd?.(session);
      else this.#keep(line);
    });
  }

  text(): string {
    return this.#lines.join('\n');
  }

  seen(phrase: string): Promise<'seen'> {
    return new Promise((resolve) => this.#waiting.set(phrase, () => resolve('seen')));
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 50) this.#lines.shift();
    for (const [phrase, resolve] of this.#waiting) if (line.includes(phrase)) resolve();
  }
}
