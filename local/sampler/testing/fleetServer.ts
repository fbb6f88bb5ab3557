import { Client } from 'pg';
import type { PostgresServer } from '../../postgres/server.ts';
import { startTestPostgres } from '../../postgres/testing/testPostgres.ts';
import { EndedSessions } from '../endedSessions.ts';
import { PostgresObserver } from '../postgresServer.ts';

/** A server that several systems' databases share, and who looks at it. */
export interface FleetServer {
  server: PostgresServer;
  observer: PostgresObserver;
  /** A session of a system's own user. */
  session(database: string): Promise<Client>;
  /** A session of the server's administrator, in any database. */
  administrator(database?: string): Promise<Client>;
  stop(): Promise<void>;
}

const password = 'of a test';

/** Each database has a user of its own, by its name. */
export async function startFleetServer(
  databases: readonly string[],
  maxConnections: number,
): Promise<FleetServer> {
  const ended = new EndedSessions();
  const server = await startTestPostgres(maxConnections, { onSessionEnd: ended.add });
  const observer = new PostgresObserver(server, ended, process.platform);
  const connect = async (user: string, secret: string, database: string): Promise<Client> => {
    const client = new Client({ host: server.host, port: server.port, user, password: secret, database });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const administrator = (database = 'postgres') => connect(server.adminUser, server.adminPassword, database);
  const first = await administrator();
  for (const database of databases) {
    await server.createDatabase(database, { connectionLimit: maxConnections });
    await first.query(`CREATE USER ${database} PASSWORD '${password}'`);
  }
  await first.end();
  return {
    server,
    observer,
    session: (database) => connect(database, password, database),
    administrator,
    stop: async () => {
      await observer.close();
      await server.stop();
    },
  };
}

/** The process of the server that works for a client. */
export const backendPid = (client: Client): number => (client as unknown as { processID: number }).processID;
