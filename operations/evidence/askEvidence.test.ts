import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { parseFleet } from '../../fleet/fleet.ts';
import { assumedAs, AwsEndpoint, AwsFault } from '../../service/testing/awsEndpoint.ts';
import { checkEvidence } from '../doctor/doctor.ts';
import { EvidenceForbiddenError } from '../errors.ts';
import { askEvidence } from './askEvidence.ts';
import { contract } from '../../service/contract.ts';

const holdEnd = Date.UTC(2026, 10, 20, 3);
const evidence = {
  schemaVersion: 2,
  runId: 'peak-1',
  stage: 'qa',
  place: 'aws',
  holdEnd: new Date(holdEnd).toISOString(),
  configurationHash: 'abc',
  release: 'def',
  judgedBy: 'def',
  systems: [{ system: 'orders', requestsPerSecond: 30 }],
  verdict: 'pass',
};

let aws: AwsEndpoint;
/** Who asked for which parameter. */
let asked: [unknown, string][];
beforeEach(async () => {
  aws = await AwsEndpoint.start();
  asked = [];
  aws.actions.set('GetParameter', ({ Name }, caller) => {
    asked.push([Name, caller]);
    return { Parameter: { Name, Value: JSON.stringify(evidence) } };
  });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

const options = (accounts: { prod?: string; qa?: string }) => ({
  fleet: parseFleet({
    service: contract,
    region: 'us-east-1',
    systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } }],
    stages: {
      prod: { provenByStage: 'qa', ...(accounts.prod && { account: accounts.prod }) },
      qa: { ...(accounts.qa && { account: accounts.qa }) },
      local: { periodSeconds: 10 },
    },
  }),
  stage: 'prod',
  configurationHash: 'abc',
  release: 'def',
  connection: {
    place: 'aws' as const,
    clients: { ssm: new SSMClient(aws.clientConfig), sts: new STSClient(aws.clientConfig) },
  },
  clock: new ManualClock(holdEnd + 3_600_000),
});
const apart = { prod: '111122223333', qa: '444455556666' };

it('asks in the stage’s own account for the evidence of the stage that proves it', async () => {
  const { by, against } = await askEvidence(options({}));
  expect({ by, against }).toEqual({ by: 'qa', against: [] });
  expect(asked).toEqual([['/headroom-evidence/qa', 'AKIATEST']]);
});

it('asks in the other account, as the role that reads there', async () => {
  const roles: unknown[] = [];
  aws.actions.set('AssumeRole', ({ RoleArn }) => {
    roles.push(RoleArn);
    return assumedAs('ASIAREADER');
  });
  expect((await askEvidence(options(apart))).against).toEqual([]);
  expect(roles).toEqual(['arn:aws:iam::444455556666:role/qa-fleet-evidence-reader']);
  expect(asked).toEqual([['/headroom-evidence/qa', 'ASIAREADER']]);
});

it('says what to do where it may not be read there, also to the doctor', async () => {
  aws.actions.set('AssumeRole', () => {
    throw new AwsFault('AccessDenied', 'not authorized');
  });
  const refused = askEvidence(options(apart));
  await expect(refused).rejects.toThrow(EvidenceForbiddenError);
  await expect(refused).rejects.toThrow('deploy "qa-fleet" there');
  expect(await checkEvidence(options(apart))).toEqual([
    { check: 'evidence', state: 'missing', text: expect.stringContaining('account 444455556666') },
  ]);
});
