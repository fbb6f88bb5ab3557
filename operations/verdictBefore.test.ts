import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleBreakpoint, exampleRun, exampleVerdict } from '../records/testing/examples.ts';
import { verdictBefore } from './verdictBefore.ts';

let runs: string;
let told: string[];
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'headroom-runs-'));
  told = [];
});
afterEach(() => rm(runs, { recursive: true }));

const leavePeak = async (name: string, verdict?: object): Promise<void> => {
  await mkdir(join(runs, name));
  await writeFile(join(runs, name, 'run.json'), JSON.stringify(exampleRun));
  if (verdict) await writeFile(join(runs, name, 'verdict.json'), JSON.stringify(verdict));
};
const before = () =>
  verdictBefore(exampleBreakpoint, { service: { profiles: {} }, runsDirectory: runs }, (line) =>
    told.push(line),
  );

it('is the newest peak’s, of the same configuration', async () => {
  expect(await before()).toBeNull();
  await leavePeak('20261103-110000-peak-aaaa', exampleVerdict);
  expect(await before()).toEqual(exampleVerdict);
  await leavePeak('20261103-120000-peak-bbbb', { ...exampleVerdict, configurationHash: 'other' });
  expect(await before()).toBeNull();
  await leavePeak('20261103-130000-peak-cccc');
  expect(await before()).toBeNull();
  expect(told).toEqual([]);
});

it('that cannot be read is told of, and no error', async () => {
  await leavePeak('20261103-110000-peak-aaaa', { ...exampleVerdict, schemaVersion: 1 });
  expect(await before()).toBeNull();
  expect(told).toEqual([expect.stringContaining('verdict.json')]);
});
