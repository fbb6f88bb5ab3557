import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { projectDirectory } from './directories.ts';

/** Not so in a downloaded archive. */
const isCheckout = existsSync(join(projectDirectory, '.git'));

// npm makes a bin executable when it links it, and never again: what `git checkout` writes anew must be so already.
describe.each(Object.entries(packageJson.bin))('%s', (_, path) => {
  it('can be executed as it is on disk', async () => {
    const file = join(projectDirectory, path);
    await access(file, constants.X_OK);
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.runIf(isCheckout)('is committed executable', async () => {
    const { stdout } = await promisify(execFile)('git', ['ls-files', '-s', '--', path], {
      cwd: projectDirectory,
    });
    expect(stdout).toMatch(/^100755 /);
  });
});
