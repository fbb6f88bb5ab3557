import { createHash } from 'node:crypto';
import type { ServiceDefinition } from '../../fleet/service.ts';
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

type ServiceGrants = ServiceDefinition['grants'];

/** Idle connections of frozen environments end after this time. The service opens a new one when needed. */
const idleSessionSeconds = 600;

/**
 * Makes the users exist with the passwords of their secrets and with what each needs, no more. Runs with
 * every migration, so that a rotated password or a new grant arrives.
 * @param lock the statement that makes runs at the same time follow one another
 * @throws StatementError, also when another run has created a user meanwhile
 */
export async function ensureUsers(
  api: DataApi,
  dialect: Dialect,
  lock: string,
  users: DatabaseUsers,
  service: ServiceGrants,
): Promise<void> {
  const known = new Set((await runSql(api, 'SELECT usename FROM pg_user')).map((row) => row['usename']));
  await runTransaction(api, [
    lock,
    ...Object.values(users).flatMap((user: Credentials) => [
      `${known.has(user.username) ? 'ALTER' : 'CREATE'} USER ${quoteIdentifier(user.username)} ` +
        `PASSWORD ${quoteLiteral(md5Password(user))}`,
      idleTimeout[dialect](quoteIdentifier(user.username)),
    ]),
  ]);
  await runTransaction(api, [lock, ...grants(api.cluster.database, dialect, users, service)]);
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
 * @param lock the statement that makes runs at the same time follow one another
 * @throws StatementError
 */
export async function grantOnSchema(
  api: DataApi,
  schema: string,
  lock: string,
  users: Pick<DatabaseUsers, 'api' | 'subscriber'>,
  service: ServiceGrants,
): Promise<void> {
  await runTransaction(api, [
    `SET search_path TO ${quoteIdentifier(schema)}`,
    lock,
    ...tableGrants(schema, users, service),
  ]);
}

function grants(database: string, dialect: Dialect, users: DatabaseUsers, service: ServiceGrants): string[] {
  return [
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    // Everybody may make temporary tables unless told otherwise; nobody here needs one.
    `REVOKE TEMPORARY ON DATABASE ${quoteIdentifier(database)} FROM PUBLIC`,
    ...tableGrants('public', users, service),
    ...monitoring[dialect](quoteIdentifier(users.probe.username)),
  ];
}

function tableGrants(
  schema: string,
  users: Pick<DatabaseUsers, 'api' | 'subscriber'>,
  service: ServiceGrants,
): string[] {
  const user = (role: keyof ServiceGrants): string => quoteIdentifier(users[role].username);
  const ofRole = (role: keyof ServiceGrants): string[] =>
    Object.entries(service[role]).map(
      ([table, privileges]) => `GRANT ${privileges.join(', ')} ON ${quoteIdentifier(table)} TO ${user(role)}`,
    );
  return [
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO ${user('api')}, ${user('subscriber')}`,
    ...ofRole('api'),
    ...ofRole('subscriber'),
  ];
}
