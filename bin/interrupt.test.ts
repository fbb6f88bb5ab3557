import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { stageDirectories } from '../local/stageDirectories.ts';
import { Headroom, testState } from './testing/headroom.ts';

const stateDirectory = join(testState, 'interrupt');

let rehearsal: Headroom | undefined;
afterEach(async () => {
  rehearsal?.child.kill('SIGKILL');
  await rehearsal?.exited;
  await rm(stateDirectory, { recursive: true, force: true });
});

it('a rehearsal stops its stage and says 130', async () => {
  rehearsal = new Headroom({ stateDirectory }, 'rehearse', '--systems', '1');
  await rehearsal.says('PostgreSQL answers on port');
  const { data } = await stageDirectories(stateDirectory, 'local');
  const pidFile = join(data, 'postmaster.pid');
  expect(existsSync(pidFile)).toBe(true);
  // Five seconds into the ramp to the peak.
  await rehearsal.says('5 s: ');
  rehearsal.child.kill('SIGINT');
  expect(await rehearsal.exited).toBe(130);
  expect(rehearsal.stderr).toContain('stopping the stage');
  expect(existsSync(pidFile)).toBe(false);
}, 60_000);
