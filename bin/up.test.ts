import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { ended, isRunning } from '../core/process/processes.ts';
import { stopStage } from '../local/stopStage.ts';
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

const stageDirectory = join(testState, 'stages', 'local');
const pidFile = join(testState, 'postgres', 'local', 'postmaster.pid');
const postgresPidNow = async (): Promise<number> => Number((await readFile(pidFile, 'utf8')).split('\n')[0]);

/** What there still is of a stage: its database's process, and the files by which it is found and locked. */
const leftOf = (postgresPid?: number): string[] => [
  ...(postgresPid !== undefined && isRunning(postgresPid) ? [`process ${postgresPid}`] : []),
  ...[join(stageDirectory, 'lock'), join(stageDirectory, 'stage.json'), pidFile].filter(existsSync),
];

/** Below those that the system hands out to whoever asks for any, as the tests beside this one do. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return freePort();
  }
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function stageUp(...parameters: string[]): Promise<{ headroom: Headroom; postgresPid: number }> {
  const headroom = start('up', ...parameters);
  await headroom.says('is ready at');
  return { headroom, postgresPid: await postgresPidNow() };
}

it('runs until it is told to stop, and leaves nothing running', async () => {
  const [port, consolePort] = [String(await freePort()), String(await freePort())];
  const chosen = ['--port', port, '--console-port', consolePort];
  const { headroom, postgresPid } = await stageUp('--systems', '1', ...chosen);
  expect(isRunning(postgresPid)).toBe(true);
  expect(headroom.stderr).toContain(`is ready at http://127.0.0.1:${port} `);
  const consoleUrl = `http://127.0.0.1:${consolePort}/`;
  await headroom.says(`console: ${consoleUrl}`);
  const dashboards = (await (await fetch(`${consoleUrl}api/dashboards`)).json()) as { title: string }[];
  expect(dashboards.map(({ title }) => title)).toEqual(['Overview', 'Application', 'Database']);

  headroom.child.kill('SIGTERM');

  expect(await headroom.exited).toBe(0);
  expect(leftOf(postgresPid)).toEqual([]);
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
  expect(leftOf(again.postgresPid)).toEqual([]);
}, 60_000);

it('can be killed or stopped while it boots, and leaves nothing to the next start', async () => {
  const booting = async () => {
    const headroom = start('up', '--systems', '1');
    await headroom.says('PostgreSQL answers on port');
    return { headroom, postgresPid: await postgresPidNow() };
  };
  const killed = await booting();
  killed.headroom.child.kill('SIGKILL');
  expect(await ended(killed.postgresPid, 10_000)).toBe(true);
  await killed.headroom.exited;

  const stopped = await booting();
  stopped.headroom.child.kill('SIGTERM');
  expect(await stopped.headroom.exited).toBe(130);
  expect(leftOf(stopped.postgresPid)).toEqual([]);
}, 60_000);

it('ends in good order when the rehearsal that started it is killed', async () => {
  const rehearsal = start('rehearse', '--systems', '1');
  await rehearsal.says('is ready at');
  const postgresPid = await postgresPidNow();
  rehearsal.child.kill('SIGKILL');
  try {
    await expect.poll(() => leftOf(postgresPid), { timeout: 30_000 }).toEqual([]);
  } finally {
    // A stage that lives on would be in the way of the other tests.
    await stopStage({ stateDirectory: testState, stage: 'local' });
  }
}, 60_000);

it('says so when its database is killed', async () => {
  const { headroom, postgresPid } = await stageUp('--systems', '1');
  process.kill(postgresPid, 'SIGKILL');
  expect(await headroom.exited).toBe(1);
  expect(headroom.stderr).toContain('PostgreSQL ended unexpectedly, and the stage with it: start it again.');
  expect(leftOf(postgresPid)).toEqual([]);
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
    expect(leftOf()).toEqual([]);
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
  expect(leftOf(postgresPid)).toEqual([]);
}, 60_000);
