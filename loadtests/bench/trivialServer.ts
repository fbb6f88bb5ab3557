/** Answers every request for a client at once, with the right one. Tells its URL on a line, and ends with its parent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientOf } from '../../service/load/clients.ts';
import { idAsked } from '../../service/testing/asking.ts';

const answers = new Map<string, string>();

const server = createServer((request, response) => {
  const id = idAsked(request.url ?? '') || '1';
  const answer = answers.get(id) ?? JSON.stringify(clientOf(Number(id)));
  answers.set(id, answer);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bench`);
});
process.on('disconnect', () => process.exit());
