/** The limit: node:http and pg with nothing in between. Its environment says where the database is. */
import { createServer } from 'node:http';
import { Pool } from 'pg';
import { idAsked } from '../../service/testing/asking.ts';
import { databaseOf, lookUpQuery } from './query.ts';

const pool = new Pool({ ...databaseOf(process.env), max: Number(process.env['CLIENTS']) });

const server = createServer((request, response) => {
  pool
    .query(lookUpQuery(idAsked(request.url ?? '')))
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
