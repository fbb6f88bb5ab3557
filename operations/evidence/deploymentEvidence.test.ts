import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { RecordError } from '../../records/errors.ts';
import type { DeploymentEvidence } from '../../records/deploymentEvidence.ts';
import type { RunFile } from '../../records/run.ts';
import { exampleRun } from '../../records/testing/examples.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { deploymentEvidenceOf, objections, type ToDeploy } from './deploymentEvidence.ts';
import { readDeploymentEvidence, recordDeploymentEvidence } from './deploymentEvidenceStore.ts';

const hourMs = 3_600_000;
const holdEndMs = Date.parse(exampleRun.windows.hold.end);
const run: RunFile = { ...exampleRun, runId: 'peak-1', stage: 'qa', place: 'aws', release: 'def' };

/** A verdict on the run, so many hours after its hold. */
const judged = (hoursAfter: number, verdict: VerdictFile['verdict'] = 'pass'): VerdictFile => ({
  schemaVersion: 2,
  runId: run.runId,
  stage: 'qa',
  place: 'aws',
  rehearsal: false,
  judgedAt: new Date(holdEndMs + hoursAfter * hourMs).toISOString(),
  configurationHash: 'abc',
  verdict,
  records: [],
  headroom: [],
});
const good = deploymentEvidenceOf(run, judged(0), 'def');
const now: ToDeploy = {
  stage: 'qa',
  configurationHash: 'abc',
  release: 'def',
  systems: ['system-01', 'system-02'],
  nowMs: holdEndMs + 12 * hourMs,
  place: 'aws',
};

describe('objections', () => {
  it('are none to a pass on AWS, of this code and configuration, of last night', () => {
    expect(objections(good, now)).toEqual([]);
    expect(objections(good, { ...now, nowMs: holdEndMs + 36 * hourMs })).toEqual([]);
  });

  it.each<[string, DeploymentEvidence | null, Partial<ToDeploy>, RegExp]>([
    ['none at all', null, {}, /no verdict yet/],
    ['a rehearsal', { ...good, place: 'local' }, {}, /rehearsal/],
    ['evidence that an emulator keeps', good, { place: 'local' }, /rehearsal/],
    ['a failure', { ...good, verdict: 'fail' }, {}, /"fail"/],
    ['an open question', { ...good, verdict: 'inconclusive' }, {}, /"inconclusive"/],
    ['stale evidence', good, { nowMs: holdEndMs + 36 * hourMs + 360_000 }, /ended 36\.1 hours ago/],
    ['evidence from the future', good, { nowMs: holdEndMs - hourMs }, /ended -1\.0 hours ago/],
    ['another configuration', good, { configurationHash: 'abd' }, /another configuration/],
    ['another stage', good, { stage: 'prod' }, /for stage "qa", expected "prod"/],
    ['other code, SQL or limits under load', { ...good, release: 'dee' }, {}, /loaded with other code/],
    ['systems of several releases', { ...good, release: null }, {}, /did not all report the same release/],
    ['other limits by which it was judged', { ...good, judgedBy: 'dee' }, {}, /judged by other limits/],
    [
      'a system that was not loaded',
      good,
      { systems: [...now.systems, 'system-03'] },
      /nothing about system-03: they were not loaded/,
    ],
    [
      'a system that carried nothing',
      { ...good, systems: good.systems.map((one) => ({ ...one, requestsPerSecond: 0 })) },
      {},
      /nothing about system-01, system-02/,
    ],
  ])('hold against %s', (_, evidence, change, objection) => {
    expect(objections(evidence, { ...now, ...change })).toEqual([expect.stringMatching(objection)]);
  });

  it('count the age from the hold’s end, however often the run is judged again', () => {
    const nowMs = holdEndMs + 14 * 24 * hourMs;
    const again = deploymentEvidenceOf(run, judged(14 * 24 - 1), 'def');
    expect(again).toEqual(good);
    expect(objections(again, { ...now, nowMs })).toEqual([
      'its hold ended 336.0 hours ago, expected at most 36',
    ]);
  });

  it('hold against a run that is judged again after code or limits have changed', () => {
    const again = deploymentEvidenceOf(run, judged(1), 'changed');
    expect(objections(again, { ...now, release: 'changed' })).toEqual([
      expect.stringMatching(/loaded with other code/),
    ]);
    // And against limits that were changed for the judging alone.
    expect(objections(again, now)).toEqual([expect.stringMatching(/judged by other limits/)]);
  });
});

describe('the store', () => {
  let endpoint: TestEndpoint;
  let ssm: SSMClient;
  beforeAll(async () => {
    endpoint = await startTestEndpoint();
    ssm = new SSMClient(endpoint.clientConfig);
  });
  afterAll(async () => {
    ssm.destroy();
    await endpoint.close();
  });

  it('keeps the newest of each stage', async () => {
    expect(await readDeploymentEvidence(ssm, 'qa')).toBeNull();
    await recordDeploymentEvidence(ssm, { ...good, verdict: 'fail' });
    expect(await recordDeploymentEvidence(ssm, good)).toBe(good);
    expect(await readDeploymentEvidence(ssm, 'qa')).toEqual(good);
    expect(await readDeploymentEvidence(ssm, 'prod')).toBeNull();
  });

  it('keeps what a later run has shown, whatever is said of an earlier one', async () => {
    const later = { ...good, stage: 'later', runId: 'peak-2', verdict: 'fail' as const };
    await recordDeploymentEvidence(ssm, { ...later, holdEnd: new Date(holdEndMs + hourMs).toISOString() });
    const kept = await recordDeploymentEvidence(ssm, { ...good, stage: 'later' });
    expect(kept).toMatchObject({ runId: 'peak-2', verdict: 'fail' });
    expect(await readDeploymentEvidence(ssm, 'later')).toEqual(kept);
  });

  it('refuses what is no evidence', async () => {
    const broken = { Name: '/headroom-evidence/broken', Type: 'String', Value: '{}' } as const;
    await ssm.send(new PutParameterCommand(broken));
    await expect(readDeploymentEvidence(ssm, 'broken')).rejects.toThrow(RecordError);
    await expect(readDeploymentEvidence(ssm, 'broken')).rejects.toThrow(
      'parameter /headroom-evidence/broken: schemaVersion',
    );
  });
});
