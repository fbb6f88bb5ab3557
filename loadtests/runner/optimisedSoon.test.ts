import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { optimisedSoon } from './optimisedSoon.ts';

// One that V8 does not know changes nothing but the output, by an error on it.
test('V8 has the option', async () => {
  const [name = ''] = optimisedSoon.split('=');
  const { stdout } = await promisify(execFile)(process.execPath, ['--v8-options']);
  expect(stdout).toContain(`  ${name} (invocation count required`);
});
