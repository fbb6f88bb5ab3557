import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { ended, isRunning } from '../infra/local/process/processes.ts';
import { Headroom, testState } from './testing/headroom.ts';

const running: Headroom[] = [];
afterEach(async () => {
  for (const headroom of running.splice(0)) {
    headroom.child.kill('SIGKILL');
    await headroom.exited;
  }
});

function start(...parameters: string[]): Headroom {
  const headroom = new Headroom(...parameters);
  running.push(headroom);
  return headroom;
}

async function stageUp(...parameters: string[]): Promise<{ headroom: Headroom; postgresPid: number }> {
  const headroom = start('up', ...parameters);
  await headroom.says('is ready at');
  const pidFile = join(testState, 'postgres', 'local', 'postmaster.pid');
  return { headroom, postgresPid: Number((await readFile(pidFile, 'utf8')).split('\n')[0]) };
}

it('runs until it is told to stop, and leaves nothing running', async () => {
  const { headroom, postgresPid } = await stageUp('--systems', '1');
  expect(isRunning(postgresPid)).toBe(true);
  await headroom.says('console: http://127.0.0.1:');
  const consoleUrl = /console: (\S+)/.exec(headroom.stderr)?.[1] ?? '';
  const dashboards = (await (await fetch(`${consoleUrl}api/dashboards`)).json()) as { title: string }[];
  expect(dashboards.map(({ title }) => title)).toEqual(['Overview', 'Application', 'Database']);

  headroom.child.kill('SIGTERM');

  expect(await headroom.exited).toBe(0);
  expect(isRunning(postgresPid)).toBe(false);
  await expect(fetch(consoleUrl)).rejects.toThrow('fetch failed');
}, 60_000);

it('refuses to run twice, naming the process that runs', async () => {
  const { headroom } = await stageUp('--systems', '1');
  const second = start('up');
  expect(await second.exited).toBe(2);
  expect(second.stderr).toContain(`is already running here (process ${headroom.child.pid})`);
}, 60_000);

it('takes its database with it when it is killed, and the next start cleans up', async () => {
  const { headroom, postgresPid } = await stageUp('--systems', '1');
  headroom.child.kill('SIGKILL');
  await headroom.exited;
  expect(await ended(postgresPid, 10_000)).toBe(true);

  const again = await stageUp('--systems', '1');
  again.headroom.child.kill('SIGINT');
  expect(await again.headroom.exited).toBe(0);
}, 60_000);

it('says so when its database is killed', async () => {
  const { headroom, postgresPid } = await stageUp('--systems', '1');
  process.kill(postgresPid, 'SIGKILL');
  expect(await headroom.exited).toBe(1);
  expect(headroom.stderr).toContain('PostgreSQL ended unexpectedly, and the stage with it: start it again.');
}, 60_000);

it.each(['--port', '--console-port'])(
  'says that the port of %s is in use, and leaves nothing behind',
  async (option) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headroom = start('up', '--systems', '1', option, String(port));
    expect(await headroom.exited).toBe(2);
    expect(headroom.stderr).toContain(`port ${port} is in use; choose another with ${option},`);
    await expect(readFile(join(testState, 'stages', 'local', 'lock'))).rejects.toThrow('ENOENT');
    await expect(readFile(join(testState, 'postgres', 'local', 'postmaster.pid'))).rejects.toThrow('ENOENT');
    server.close();
  },
  60_000,
);

it('stops in good order when nobody reads its output any more', async () => {
  const { headroom, postgresPid } = await stageUp('--systems', '1');
  headroom.child.stdout?.destroy();
  headroom.child.stderr?.destroy();
  // The signal may meet the stop that a line nobody took has begun already: it is the first all the same.
  headroom.child.kill('SIGTERM');
  expect(await headroom.exited).toBe(0);
  expect(isRunning(postgresPid)).toBe(false);
  await expect(readFile(join(testState, 'stages', 'local', 'lock'))).rejects.toThrow('ENOENT');
}, 60_000);
