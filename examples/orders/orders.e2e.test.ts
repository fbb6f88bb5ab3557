import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../bin/exitCodeOf.ts';
import { projectDirectory } from '../../bin/directories.ts';
import { Headroom, testState } from '../../bin/testing/headroom.ts';
import { drillKind } from '../../records/drill.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { runKind } from '../../records/run.ts';
import { verdictKind } from '../../records/verdict.ts';

const stateDirectory = join(testState, 'orders');
afterAll(() => rm(stateDirectory, { recursive: true, force: true }));

/** The example as a team would have it that calls its peak otherwise, and whose orders are posted by whoever has a key. */
const fleetFile = `
import fleet from '${projectDirectory}/examples/orders/fleet.config.ts';
const rush = { script: 'k6/peak.ts', paced: true, judged: 'evidence', background: true };
const routes = fleet.service.routes.map((route) => (route.method === 'POST' ? { ...route, auth: 'apiKey' } : route));
export default { ...fleet, service: { ...fleet.service, profiles: { rush }, routes } };
`;

it('is built, loaded, judged and drilled by its contract alone, whatever that calls its peak and asks callers for', async () => {
  const config = join(stateDirectory, 'fleet.config.ts');
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(config, fleetFile);
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
  const peak = await requireRecord(runKind, join(directory, 'rush/run.json'));
  const verdict = await requireRecord(verdictKind, join(directory, 'rush/verdict.json'));
  const drill = await requireRecord(drillKind, join(directory, 'drill/drill.json'));

  expect(exitCodeOfRun(smoke), said).toBe(0);
  expect(peak, said).toMatchObject({ complete: true });
  const checks = peak.checks.map(({ name }) => name);
  expect(checks).toEqual(
    expect.arrayContaining(['status is 200', 'status is 201', 'body is the one asked for']),
  );
  // Whether each is answered in time depends on what else this machine does.
  for (const { name, passes, fails } of peak.checks)
    expect(fails / (passes + fails), `${name}: ${said}`).toBeLessThan(0.05);
  const signals = verdict.records.filter(({ system }) => system === 'shop-01').map(({ signal }) => signal);
  expect(signals).toEqual(
    expect.arrayContaining(['databaseConnections', 'load', 'messageLoad', 'failedRequests']),
  );
  expect([peak.profile, peak.judged]).toEqual(['rush', 'evidence']);
  expect(drill.restored, said).toBe(true);
  const stored = await readFile(join(directory, 'drill/drill.json'), 'utf8');
  expect(stored).toContain('shop-01');
  const { drillId } = drill;
  const background = await requireRecord(runKind, join(directory, `drill/${drillId}-load/run.json`));
  expect(background.profile).toBe('rush');
}, 240_000);
