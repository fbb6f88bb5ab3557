import { createHash } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import { runSql, runTransaction, type DataApi } from './dataApi.ts';
import type { Dialect } from './dialect.ts';
import { quoteIdentifier, quoteLiteral } from './literals.ts';

/** The users that log in to a system's database: one for each function, and one for the probe. */
export interface DatabaseUsers {
  api: Credentials;
  subscriber: Credentials;
  probe: Credentials;
}

/** Idle connections of frozen environments end after this time. The service opens a new one when needed. */
const idleSessionSeconds = 600;

/**
 * Makes the users exist with the passwords of their secrets and with what each needs, no more. Runs with
 * every migration, so that a rotated password or a new grant arrives.
 * @throws StatementError
 */
export async function ensureUsers(api: DataApi, dialect: Dialect, users: DatabaseUsers): Promise<void> {
  const known = new Set((await runSql(api, 'SELECT usename FROM pg_user')).map((row) => row['usename']));
  await runTransaction(
    api,
    Object.values(users).flatMap((user: Credentials) => [
      `${known.has(user.username) ? 'ALTER' : 'CREATE'} USER ${quoteIdentifier(user.username)} ` +
        `PASSWORD ${quoteLiteral(md5Password(user))}`,
      idleTimeout[dialect](quoteIdentifier(user.username)),
    ]),
  );
  await runTransaction(api, grants(api.cluster.database, dialect, users));
}

/** What Redshift and PostgreSQL both take in place of a password, which then appears in no statement log. */
const md5Password = ({ username, password }: Credentials): string =>
  `md5${createHash('md5')
    .update(password + username)
    .digest('hex')}`;

const idleTimeout: Record<Dialect, (user: string) => string> = {
  redshift: (user) => `ALTER USER ${user} SESSION TIMEOUT ${idleSessionSeconds}`,
  postgresql: (user) => `ALTER USER ${user} SET idle_session_timeout TO '${idleSessionSeconds}s'`,
};

/** What lets a user see every session and query. PostgreSQL's probe also reads its backends' memory. */
const monitoring: Record<Dialect, (user: string) => string[]> = {
  redshift: (user) => [`GRANT ROLE sys:monitor TO ${user}`],
  postgresql: (user) => [
    `GRANT pg_monitor, pg_read_server_files TO ${user}`,
    `GRANT EXECUTE ON FUNCTION pg_read_file(text) TO ${user}`,
  ],
};

/**
 * Lets the users that are there already work in a schema of its own, too.
 * @throws StatementError
 */
export async function grantOnSchema(
  api: DataApi,
  schema: string,
  users: Pick<DatabaseUsers, 'api' | 'subscriber'>,
): Promise<void> {
  await runTransaction(api, [`SET search_path TO ${quoteIdentifier(schema)}`, ...tableGrants(schema, users)]);
}

function grants(database: string, dialect: Dialect, users: DatabaseUsers): string[] {
  return [
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    ...tableGrants('public', users),
    `GRANT TEMPORARY ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(users.subscriber.username)}`,
    ...monitoring[dialect](quoteIdentifier(users.probe.username)),
  ];
}

function tableGrants(schema: string, users: Pick<DatabaseUsers, 'api' | 'subscriber'>): string[] {
  const apiUser = quoteIdentifier(users.api.username);
  const subscriber = quoteIdentifier(users.subscriber.username);
  return [
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO ${apiUser}, ${subscriber}`,
    `GRANT SELECT ON clientes TO ${apiUser}`,
    `GRANT SELECT, INSERT, DELETE ON clientes, clientes_version TO ${subscriber}`,
    // What LOCK asks for; the table's one row is never changed.
    `GRANT SELECT, UPDATE, DELETE ON clientes_lock TO ${subscriber}`,
  ];
}
