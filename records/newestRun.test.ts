import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newestRunOf } from './newestRun.ts';

let runs: string;
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'headroom-runs-'));
});
afterEach(() => rm(runs, { recursive: true, force: true }));

async function record(path: string): Promise<void> {
  await mkdir(join(runs, dirname(path)), { recursive: true });
  await writeFile(join(runs, path), '{}');
}

it("takes a rehearsal's peak for one, and no other profile's run", async () => {
  await record('20260101-100000-peak-aaaa/run.json');
  await record('20260101-110000-rehearse-bbbb/peak/run.json');
  await record('20260101-120000-smoke-cccc/run.json');
  await mkdir(join(runs, '20260101-130000-revoke-db-ingress-dddd'));
  expect(await newestRunOf(runs, 'peak')).toBe(join(runs, '20260101-110000-rehearse-bbbb/peak/run.json'));
});

it('takes the newest of several profiles', async () => {
  await record('20260101-100000-peak-aaaa/run.json');
  await record('20260101-110000-script-bbbb/run.json');
  await record('20260101-120000-soak-cccc/run.json');
  expect(await newestRunOf(runs, 'peak', 'script')).toBe(join(runs, '20260101-110000-script-bbbb/run.json'));
});

it('tells profiles apart of which one has the name of the other within its own', async () => {
  await record('20260101-100000-peak-aaaa/run.json');
  await record('20260101-110000-off-peak-hours-bbbb/run.json');
  expect(await newestRunOf(runs, 'peak')).toBe(join(runs, '20260101-100000-peak-aaaa/run.json'));
  expect(await newestRunOf(runs, 'off-peak-hours')).toBe(
    join(runs, '20260101-110000-off-peak-hours-bbbb/run.json'),
  );
});

it('passes over a run that was killed before its record', async () => {
  await record('20260101-100000-peak-aaaa/run.json');
  await mkdir(join(runs, '20260101-110000-peak-bbbb'));
  expect(await newestRunOf(runs, 'peak')).toBe(join(runs, '20260101-100000-peak-aaaa/run.json'));
});

it('finds none where none is', async () => {
  expect(await newestRunOf(join(runs, 'none'), 'peak')).toBeUndefined();
});
