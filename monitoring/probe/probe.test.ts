import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { AwsEndpoint } from '../../service/testing/awsEndpoint.ts';
import { SystemDocumentError } from '../../fleet/errors.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { createProbe } from './probe.ts';

let aws: AwsEndpoint;
beforeEach(async () => {
  aws = await AwsEndpoint.start();
});
afterEach(() => aws.stop());

const column = { name: 'version' };

it('publishes each cluster as it answers; one that hangs is missing alone, and its statement is cancelled', async () => {
  const documents = ['hanging', 'well'].map((system) => documentOf(system, 'https://api.example'));
  aws.actions.set('ExecuteStatement', ({ ClusterIdentifier, Sql }) => ({
    Id: `${String(ClusterIdentifier)} ${String(Sql).includes('version()') ? 'version' : 'look'}`,
  }));
  aws.actions.set('DescribeStatement', ({ Id }) =>
    String(Id).startsWith('qa-hanging') ? { Status: 'STARTED' } : { Status: 'FINISHED', HasResultSet: true },
  );
  const cancelled: unknown[] = [];
  aws.actions.set('CancelStatement', ({ Id }) => ({ Status: cancelled.push(Id) > 0 }));
  aws.actions.set('GetStatementResult', ({ Id }) =>
    String(Id).endsWith('version')
      ? { ColumnMetadata: [column], Records: [[{ stringValue: 'PostgreSQL 17' }]] }
      : {
          ColumnMetadata: [{ name: 'connections' }, { name: 'at_seconds' }],
          Records: [[{ longValue: 50 }, { longValue: 1 }]],
        },
  );
  const told: string[] = [];
  const probe = createProbe({
    discover: async () => ({ systems: documents, unreadable: [] }),
    provenPeaks: async () => ({
      peaks: new Map([['well', { requestsPerSecond: 40, messagesPerSecond: 5 }]]),
      unreadable: [new SystemDocumentError('/headroom-proven/qa/hanging', 'expected a peak')],
    }),
    dataApi: new RedshiftDataClient(aws.clientConfig),
    rdsDataApi: new RDSDataClient({}),
    clock: systemClock,
    statementsPerSecond: 1_000,
    times: { discoverMs: 1_000, askMs: 10_000, statementMs: 2_000, pollMs: { first: 1, longest: 100 } },
    output: {
      publish: (system, findings) => told.push(`${system} ${JSON.stringify(findings)}`),
      provenPeak: (system, { requestsPerSecond, messagesPerSecond }) =>
        told.push(`${system} proven to ${requestsPerSecond} and ${messagesPerSecond}`),
      told: ({ answered, notAsked }) => told.push(`${answered} answered, ${notAsked} not asked`),
      failed: (system, error) => told.push(`${system} ${String(error)}`),
      peakUnknown: (error) => told.push(String(error)),
    },
  });
  await probe(0);
  expect(told).toEqual([
    'SystemDocumentError: SSM parameter /headroom-proven/qa/hanging: expected a peak',
    'well proven to 40 and 5',
    'well {"connectionPercent":10}',
    expect.stringContaining('hanging StatementError: '),
    '1 answered, 0 not asked',
  ]);
  expect(cancelled).toEqual(['qa-hanging-items version']);
});
