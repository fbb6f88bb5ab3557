import { DescribeStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetParameterCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from './testing/testEndpoint.ts';

let nowMs = Date.now();
let aws: TestEndpoint;
beforeEach(async () => {
  aws = await startTestEndpoint({ now: () => nowMs, sleep: () => Promise.reject(new Error('nobody waits')) });
});
afterEach(() => aws.close());

/** How many of so many calls are refused, and as what. */
async function refusals(count: number, call: () => Promise<unknown>) {
  const errors: Error[] = [];
  for (let each = 0; each < count; each += 1) {
    await call().catch((error: Error) => {
      if (error.message === 'Rate exceeded') errors.push(error);
    });
  }
  return errors;
}

describe('the account’s rates of API calls', () => {
  it('refuse what is beyond a second’s worth, as something to be tried again, until the time has passed', async () => {
    const client = new RedshiftDataClient(aws.clientConfig);
    const describeOne = () => client.send(new DescribeStatementCommand({ Id: 'none' }));
    const [error, ...more] = await refusals(103, describeOne);
    expect(error).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
    expect(more).toHaveLength(2);
    nowMs += 50;
    expect(await refusals(7, describeOne)).toHaveLength(2);
  });

  it('are tried again by a client as it comes', async () => {
    const client = new RedshiftDataClient({ ...aws.clientConfig, maxAttempts: 2 });
    const describeOne = () => client.send(new DescribeStatementCommand({ Id: 'none' }));
    const [error] = await refusals(101, describeOne);
    expect(error).toMatchObject({ $metadata: { attempts: 2 } });
  });

  it('are in CloudWatch’s own words, and shared by the actions that share them', async () => {
    const cloudWatch = new CloudWatchClient(aws.clientConfig);
    const [error, ...more] = await refusals(11, () => cloudWatch.send(new DescribeAlarmsCommand({})));
    expect(error).toMatchObject({ name: 'Throttling' });
    expect(more).toHaveLength(1);
    const ssm = new SSMClient(aws.clientConfig);
    const byPath = () => ssm.send(new GetParametersByPathCommand({ Path: '/headroom/qa/' }));
    const byName = () => ssm.send(new GetParameterCommand({ Name: '/headroom/qa/orders' }));
    expect(await refusals(30, byPath)).toHaveLength(0);
    expect(await refusals(11, byName)).toHaveLength(1);
  });
});
