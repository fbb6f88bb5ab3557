import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { RecordError } from '../../records/errors.ts';
import type { Place } from '../../records/fields.ts';
import type { DeploymentEvidence } from '../../records/deploymentEvidence.ts';
import { deploymentEvidenceOf, objections } from './deploymentEvidence.ts';
import { readDeploymentEvidence, recordDeploymentEvidence } from './deploymentEvidenceStore.ts';

const judgedAt = '2026-11-20T03:00:00.000Z';
const judgedMs = Date.parse(judgedAt);
const hourMs = 3_600_000;

const good: DeploymentEvidence = deploymentEvidenceOf({
  schemaVersion: 1,
  runId: 'peak-1',
  stage: 'qa',
  place: 'aws',
  rehearsal: false,
  judgedAt,
  configurationHash: 'abc',
  verdict: 'pass',
  records: [],
});
const now = { stage: 'qa', configurationHash: 'abc', nowMs: judgedMs + 12 * hourMs, place: 'aws' as Place };

describe('objections', () => {
  it('are none to a pass on AWS, of this configuration, of last night', () => {
    expect(objections(good, now)).toEqual([]);
    expect(objections(good, { ...now, nowMs: judgedMs + 36 * hourMs })).toEqual([]);
  });

  it.each<[string, DeploymentEvidence | null, Partial<typeof now>, RegExp]>([
    ['none at all', null, {}, /no verdict yet/],
    ['a rehearsal', { ...good, place: 'local' }, {}, /rehearsal/],
    ['what an emulator says', good, { place: 'local' }, /rehearsal/],
    ['a failure', { ...good, verdict: 'fail' }, {}, /"fail"/],
    ['an open question', { ...good, verdict: 'inconclusive' }, {}, /"inconclusive"/],
    ['stale evidence', good, { nowMs: judgedMs + 36 * hourMs + 360_000 }, /36\.1 hours old/],
    ['evidence from the future', good, { nowMs: judgedMs - hourMs }, /-1\.0 hours old/],
    ['another configuration', good, { configurationHash: 'abd' }, /another configuration/],
    ['another stage', good, { stage: 'prod' }, /of stage "qa", expected "prod"/],
  ])('hold against %s', (_, evidence, change, objection) => {
    expect(objections(evidence, { ...now, ...change })).toEqual([expect.stringMatching(objection)]);
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
    await recordDeploymentEvidence(ssm, good);
    expect(await readDeploymentEvidence(ssm, 'qa')).toEqual(good);
    expect(await readDeploymentEvidence(ssm, 'prod')).toBeNull();
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
