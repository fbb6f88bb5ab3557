import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDirectory, removeDeadLock } from './lock.ts';
import { identity } from '../core/process/processes.ts';
import { readRunningStage, requireRunningStage, writeStageFile, type StageFile } from './stageFile.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The id and identity of a process that has ended. */
async function deadProcess(): Promise<{ pid: number; processIdentity: string }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const pid = child.pid ?? 0;
  const processIdentity = (await identity(pid)) ?? '';
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.stdin.end();
  await closed;
  return { pid, processIdentity };
}

it('refuses a directory that a living process has, naming the process', async () => {
  const unlock = await lockDirectory(directory, 'The stage "local"');
  await expect(lockDirectory(directory, 'The stage "local"')).rejects.toThrow(
    `The stage "local" is already running here (process ${process.pid})`,
  );
  await unlock();
  await (
    await lockDirectory(directory, 'The stage "local"')
  )();
});

it("takes over a dead process's lock, also when its id lives again as another process", async () => {
  const dead = await deadProcess();
  for (const holder of [dead.processIdentity, `${process.pid} 1`, 'nonsense', '']) {
    await writeFile(join(directory, 'lock'), holder);
    const unlock = await lockDirectory(directory, 'The stage');
    expect(await readFile(join(directory, 'lock'), 'utf8')).toBe(await identity(process.pid));
    await unlock();
  }
});

it('takes no dead lock away while another process has the right to', async () => {
  const lock = join(directory, 'lock');
  const right = `${lock}.after-nonsense`;
  await writeFile(lock, 'nonsense');
  await writeFile(right, '');
  await removeDeadLock(directory);
  expect(await readFile(lock, 'utf8')).toBe('nonsense');
  await rm(right);
  await removeDeadLock(directory);
  await expect(readFile(lock, 'utf8')).rejects.toThrow('ENOENT');
});

it.each(['nothing', 'the lock of a dead process'])(
  'gives one of many at once the lock over %s',
  async (left) => {
    for (let round = 0; round < 20; round += 1) {
      if (left !== 'nothing') await writeFile(join(directory, 'lock'), '999999999 1');
      const taken = await Promise.allSettled(
        Array.from({ length: 8 }, () => lockDirectory(directory, 'The stage')),
      );
      const unlocks = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(unlocks).toHaveLength(1);
      await unlocks[0]?.();
    }
  },
);

it('finds a stage only while its process lives', async () => {
  const file: StageFile = {
    schemaVersion: 1,
    stage: 'local',
    pid: process.pid,
    processIdentity: (await identity(process.pid)) ?? '',
    startedAt: '2026-01-01T00:00:00.000Z',
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:1',
    consoleUrl: 'http://127.0.0.1:2/',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    systems: ['system-01'],
  };
  expect(await readRunningStage(directory, 'local')).toBeNull();
  await writeStageFile(directory, file);
  expect(await readRunningStage(directory, 'local')).toEqual(file);
  await writeStageFile(directory, { ...file, ...(await deadProcess()) });
  await expect(requireRunningStage(directory, 'local')).rejects.toThrow('start it with "npx headroom up"');
});
