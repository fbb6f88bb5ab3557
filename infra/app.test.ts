import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('is of the configuration that the environment names, and ends with 2 where that is wrong', async () => {
  const state = await mkdtemp(join(tmpdir(), 'headroom-app-'));
  const { NODE_COMPILE_CACHE: _, ...own } = process.env;
  const env = {
    ...own,
    HEADROOM_STATE_DIRECTORY: state,
    HEADROOM_CONFIG: 'examples/orders/fleet.config.ts',
    HEADROOM_STAGE: 'prod',
  };
  // The orders have the stage on this machine alone.
  await expect(run(process.execPath, ['infra/app.ts'], { env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no stage "prod"; expected one of local'),
  });
  // What it keeps is where everything else is kept.
  expect(await readdir(join(state, 'cache'))).toEqual(['compiled']);
  await rm(state, { recursive: true });
}, 30_000);
