/**
 * What it costs that no execution environment can disturb another: node:http on the main thread, and for each
 * client a thread with a connection of its own. One text goes there and one comes back; nothing else is done.
 */
import { createServer, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Client } from 'pg';
import { idAsked } from '../../service/testing/asking.ts';
import { databaseOf, lookUpQuery } from './query.ts';

if (isMainThread) serve();
else await answer();

function serve(): void {
  const idle: Worker[] = [];
  const waiting = new Map<Worker, ServerResponse>();
  for (let thread = 0; thread < Number(process.env['CLIENTS']); thread += 1) {
    const worker = new Worker(fileURLToPath(import.meta.url));
    worker.once('online', () => idle.push(worker));
    worker.on('message', (client: string) => {
      const response = waiting.get(worker);
      waiting.delete(worker);
      idle.push(worker);
      response?.writeHead(client === '' ? 404 : 200, { 'content-type': 'application/json' }).end(client);
    });
  }
  const server = createServer((request, response) => {
    const worker = idle.pop();
    if (!worker) {
      response.writeHead(503).end();
      return;
    }
    waiting.set(worker, response);
    worker.postMessage(idAsked(request.url ?? ''));
  });
  server.listen(Number(process.env['PORT']), '127.0.0.1');
}

async function answer(): Promise<void> {
  const database = new Client(databaseOf(process.env));
  await database.connect();
  parentPort?.on('message', (id: string) => {
    void database.query(lookUpQuery(id)).then(({ rows: [client] }) => {
      parentPort?.postMessage(client ? JSON.stringify(client) : '');
    });
  });
}
