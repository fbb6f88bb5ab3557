import type { PoolConfig } from 'pg';

/** The database that the environment names, for the bare servers. */
export function databaseOf(environment: NodeJS.ProcessEnv): PoolConfig {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD } = environment;
  return {
    host: DATABASE_HOST,
    port: Number(DATABASE_PORT),
    database: DATABASE_NAME,
    user: DATABASE_USER,
    password: DATABASE_PASSWORD,
  };
}

export const clientIdOf = (url: string | undefined): string | null =>
  new URL(url ?? '/', 'http://localhost').searchParams.get('client_id');

/** Prepared once a connection. */
export const clientQuery = (id: string | null) => ({
  name: 'client',
  text: 'SELECT id, nombre, apellido, rut, correo FROM clientes WHERE id = $1',
  values: [id],
});
