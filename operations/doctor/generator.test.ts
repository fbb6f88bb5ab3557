import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installFakeK6 } from '../../loadtests/runner/testing/fakeK6.ts';
import { checkGenerator } from './generator.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-doctor-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('says of a k6 whether what its iterations throw can be counted', async () => {
  expect(await checkGenerator(directory)).toMatchObject([
    { state: 'ok', text: expect.stringMatching(/^not on PATH/) },
  ]);
  await installFakeK6(directory, 'ok');
  expect(await checkGenerator(directory)).toMatchObject([{ state: 'ok', text: `2.2.0, at ${directory}/k6` }]);
  await installFakeK6(directory, 'unread');
  expect(await checkGenerator(directory)).toMatchObject([
    {
      state: 'missing',
      text: expect.stringContaining('0 of 3 iterations that threw in a trial, so no load'),
    },
  ]);
});
