import { Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { Client } from 'pg';
import type { Credentials } from './credentials.ts';
import { quoteIdentifier } from './literals.ts';

/** Where the database listens. */
export interface DatabaseAddress {
  host: string;
  port: number;
  name: string;
  /** Where names without a schema are looked for; left out, in the user's own search path. */
  schema?: string;
}

export interface Timeouts {
  /** From the first packet to the accepted password. */
  connectMs: number;
  /** After which the database gives up a statement; waiting for a lock counts. */
  statementMs: number;
}

/** An open connection. */
export interface Connection {
  client: Client;
  /** Cuts the connection at once, whatever it is doing. */
  destroy(): void;
}

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/**
 * TLS is verified against the certificate authorities that Node carries, Amazon's among them; packets to
 * this machine itself leave no network on which anyone could read them.
 */
export const tlsFor = (host: string): false | TlsOptions =>
  loopback.test(host) ? false : { rejectUnauthorized: true, servername: host };

/**
 * Opens a connection whose every step ends: connecting by its timeout, statements by theirs, all of it by
 * `signal`, also after the connection is open.
 * @param onLost called once when an open connection ends on its own
 */
export async function connect(
  { host, port, name, schema }: DatabaseAddress,
  { username, password }: Credentials,
  timeouts: Timeouts,
  signal: AbortSignal,
  onLost: (connection: Connection) => void,
): Promise<Connection> {
  const socket = new Socket();
  const client = new Client({
    host,
    port,
    database: name,
    user: username,
    password,
    ssl: tlsFor(host),
    connectionTimeoutMillis: timeouts.connectMs,
    keepAlive: true,
    stream: () => socket,
  });
  const connection: Connection = { client, destroy: () => socket.destroy() };
  // A client without this listener ends the process when the connection is reset.
  client.on('error', () => onLost(connection));
  client.on('end', () => onLost(connection));
  const cut = (): void => connection.destroy();
  signal.addEventListener('abort', cut);
  try {
    signal.throwIfAborted();
    await client.connect();
    // By statement: Redshift refuses a connection whose start-up packet names a setting it does not know.
    await client.query(`SET statement_timeout TO ${timeouts.statementMs}`);
    if (schema !== undefined) await client.query(`SET search_path TO ${quoteIdentifier(schema)}`);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
