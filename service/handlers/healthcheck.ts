import { ping } from '../redshift/sql.ts';
import { json, type Route } from './route.ts';

/** A database that takes longer is as good as none. */
const withinMs = 1_000;

/** `GET /healthcheck`: whether this system can answer, which it cannot without its database. */
export const healthcheck: Route = async (_event, database) => {
  await database.use((connection) => connection.query(ping), withinMs);
  return json(200, { status: 'ok' });
};
