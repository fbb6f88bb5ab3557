import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDrillFile } from '../chaos/drillFile.ts';
import { verdictFileSchema } from '../loadtests/gate/verdictFile.ts';
import { runFileSchema } from '../loadtests/runFile.ts';
import { projectDirectory } from './context.ts';
import { Headroom, testState } from './testing/headroom.ts';

const forgetRuns = () => rm(join(testState, 'runs'), { recursive: true, force: true });
beforeAll(forgetRuns);
afterAll(forgetRuns);

describe('headroom rehearse', () => {
  it('goes the whole way: stage, smoke, peak, gate and drill, and says where the files are', async () => {
    const headroom = new Headroom('rehearse', '--ramp', '5');
    const code = await headroom.exited;
    const { stdout, stderr } = headroom;
    expect({ code, stderr }).toMatchObject({ code: 0 });

    const last = /^Rehearsal PASSED in \d+ s\. Its files: (?<directory>\S+)$/m.exec(stdout);
    const directory = join(projectDirectory, last?.groups?.['directory'] ?? 'nowhere');
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(join(directory, file), 'utf8'));
    const smoke = runFileSchema.parse(await read('smoke/run.json'));
    const peak = runFileSchema.parse(await read('peak/run.json'));
    const verdict = verdictFileSchema.parse(await read('peak/verdict.json'));
    const drill = await readDrillFile(join(directory, 'drill/drill.json'));

    expect(smoke).toMatchObject({ complete: true, place: 'local' });
    expect(peak.systems.map(({ system, hold }) => [system, hold.failed])).toEqual([
      ['system-01', 0],
      ['system-02', 0],
      ['system-03', 0],
    ]);
    expect(verdict).toMatchObject({ verdict: 'pass', rehearsal: true });
    expect(drill.verdict).toBe('passed');
  }, 240_000);

  it('stops the stage and says 130 when it is interrupted', async () => {
    const headroom = new Headroom('rehearse', '--systems', '1');
    await headroom.says('5 s: ');
    headroom.child.kill('SIGINT');
    expect(await headroom.exited).toBe(130);
    expect(headroom.stderr).toContain('stopping the stage');
    const pidFile = join(testState, 'postgres', 'local', 'postmaster.pid');
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  }, 60_000);
});
