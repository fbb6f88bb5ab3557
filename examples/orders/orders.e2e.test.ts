import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../bin/exitCodeOf.ts';
import { projectDirectory } from '../../bin/context.ts';
import { Headroom, testState } from '../../bin/testing/headroom.ts';
import { drillKind } from '../../records/drill.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { runKind } from '../../records/run.ts';
import { verdictKind } from '../../records/verdict.ts';

const stateDirectory = join(testState, 'orders');
afterAll(() => rm(stateDirectory, { recursive: true, force: true }));

it('is built, loaded, judged and drilled by its contract alone', async () => {
  const config = 'examples/orders/fleet.config.ts';
  const headroom = new Headroom(
    { stateDirectory },
    'rehearse',
    '--config',
    config,
    '--ramp',
    '3',
    '--hold',
    '20',
  );
  await headroom.exited;
  const said = `${headroom.stderr}\n${headroom.stdout}`;
  const directory = join(projectDirectory, /Its files: (\S+)$/m.exec(said)?.[1] ?? '');
  const smoke = await requireRecord(runKind, join(directory, 'smoke/run.json'));
  const peak = await requireRecord(runKind, join(directory, 'peak/run.json'));
  const verdict = await requireRecord(verdictKind, join(directory, 'peak/verdict.json'));
  const drill = await requireRecord(drillKind, join(directory, 'drill/drill.json'));

  expect(exitCodeOfRun(smoke), said).toBe(0);
  expect(peak, said).toMatchObject({ complete: true });
  const checks = peak.checks.map(({ name }) => name);
  expect(checks).toEqual(
    expect.arrayContaining(['status is 200', 'status is 201', 'body is the one asked for']),
  );
  expect(
    peak.checks.every(({ fails }) => fails === 0),
    said,
  ).toBe(true);
  const signals = verdict.records.filter(({ system }) => system === 'shop-01').map(({ signal }) => signal);
  expect(signals).toEqual(
    expect.arrayContaining(['databaseConnections', 'load', 'messageLoad', 'failedRequests']),
  );
  expect(drill.restored, said).toBe(true);
  const stored = await readFile(join(directory, 'drill/drill.json'), 'utf8');
  expect(stored).toContain('shop-01');
}, 240_000);
