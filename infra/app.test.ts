import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('is of the configuration that the environment names, and ends with 2 where that is wrong', async () => {
  const env = {
    ...process.env,
    HEADROOM_CONFIG: 'examples/orders/fleet.config.ts',
    HEADROOM_STAGE: 'prod',
  };
  // The orders have the stage on this machine alone.
  await expect(run(process.execPath, ['infra/app.ts'], { env })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no stage "prod"; expected one of local'),
  });
}, 30_000);
