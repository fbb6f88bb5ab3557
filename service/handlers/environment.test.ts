import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createEnvironment } from './environment.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('gives up a Secrets Manager that takes connections and answers nothing', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const { database } = createEnvironment(
    {
      stage: 'local',
      system: 'system-01',
      database: { host: '127.0.0.1', port: 1, name: 'nobody', secretArn: 'api' },
      memoryMiB: 256,
      periodSeconds: 60,
    },
    'api',
    { statementMs: 1_000 },
  );
  const startMs = performance.now();

  await expect(database.use(async () => {}, 20_000)).rejects.toMatchObject({
    errorCode: 'databaseCredentials',
    message: expect.stringContaining('is Secrets Manager reachable?'),
  });

  // Two tries of a second each, and the pause between them.
  expect(performance.now() - startMs).toBeLessThan(4_000);
  database.close();
  for (const socket of sockets) socket.destroy();
  silent.close();
});
