/** The limit: node:http and pg with nothing in between. Its environment says where the database is. */
import { createServer } from 'node:http';
import { Pool } from 'pg';

const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD, CLIENTS } =
  process.env;
const pool = new Pool({
  host: DATABASE_HOST,
  port: Number(DATABASE_PORT),
  database: DATABASE_NAME,
  user: DATABASE_USER,
  password: DATABASE_PASSWORD,
  max: Number(CLIENTS),
});

const server = createServer((request, response) => {
  const id = new URL(request.url ?? '/', 'http://localhost').searchParams.get('client_id');
  pool
    .query({
      name: 'client',
      text: 'SELECT id, nombre, apellido, rut, correo FROM clientes WHERE id = $1',
      values: [id],
    })
    .then(({ rows: [client] }) => {
      response.writeHead(client ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(client));
    })
    .catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
