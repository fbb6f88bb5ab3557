import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { parseMachineStat } from './machineCpu.ts';
import { allPids, childrenOf, parseStat, readCpuSeconds, readProcesses } from './processCpu.ts';

describe('parseStat', () => {
  it('finds the CPU times behind a name with brackets and spaces', () => {
    const line = '42 (postgres: a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 110 20 3 4 20 0 1 0 99 0';
    expect(parseStat(42, line)).toEqual({
      pid: 42,
      parentPid: 7,
      name: 'postgres: a) b (c',
      ownTicks: 130,
      endedChildrenTicks: 7,
    });
  });

  it('refuses a line of another shape, naming the file', () => {
    expect(() => parseStat(42, '42 (x) S 1 2')).toThrow('/proc/42/stat');
  });
});

describe('parseMachineStat', () => {
  it('tells used from idle, waiting for a disk being idle, and what a host kept', () => {
    const text = 'cpu  100 10 50 800 30 1 2 7 5 0\ncpu0 100 10 50 800 30 1 2 7 5 0\nintr 1\n';
    expect(parseMachineStat(text)).toEqual({ busyTicks: 170, idleTicks: 830, stolenTicks: 7 });
  });

  it('takes a sandbox that counts nothing for none', () => {
    expect(parseMachineStat('cpu  0 0 0 0 0 0 0 0 0 0\n')).toBeUndefined();
  });
});

describe.skipIf(process.platform !== 'linux')('processes (needs /proc)', () => {
  it('finds a child by its parent, and nothing of it once it has ended', async () => {
    const child = spawn('sleep', ['600']);
    await once(child, 'spawn');
    const pid = child.pid!;
    expect(await childrenOf(process.pid)).toContain(pid);
    expect(allPids()).toContain(pid);
    expect(await readProcesses([pid])).toMatchObject([{ pid, parentPid: process.pid, name: 'sleep' }]);
    expect(readCpuSeconds(pid)).toBeGreaterThan(0);

    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect(await childrenOf(process.pid)).not.toContain(pid);
    expect(await readProcesses([pid])).toEqual([]);
    expect(readCpuSeconds(pid)).toBeUndefined();
  });
});
