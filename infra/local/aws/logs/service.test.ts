import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const group = '/aws/lambda/local-system-01-api';
const line = (second: number, members: object) => ({
  timestampMs: startMs + second * 1_000,
  message: JSON.stringify(members),
});
const lines = [
  line(0, { level: 'ERROR', errorCode: 'databaseUnreachable', durationMs: 1_004 }),
  line(1, { level: 'INFO', message: 'ok | "fine"' }),
  line(2, { level: 'ERROR', errorCode: 'unexpected', error: { name: 'TypeError' } }),
  { timestampMs: startMs + 3_000, message: 'id ERROR Invoke Error {"errorType":"Sandbox.Timedout"}' },
  line(4, { level: 'ERROR', errorCode: 'databaseUnreachable', durationMs: 20 }),
];

let endpoint: TestEndpoint;
let client: CloudWatchLogsClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new CloudWatchLogsClient(endpoint.clientConfig);
  const { logGroups } = endpoint.state;
  logGroups.add('/aws/lambda/local-system-02-api', startMs);
  logGroups
    .add(group, startMs)
    .sources.push(async (range) =>
      lines.filter(({ timestampMs }) => timestampMs >= range.startMs && timestampMs < range.endMs),
    );
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

describe('FilterLogEvents', () => {
  const filter = async (filterPattern: string, change: object = {}) => {
    const { events = [] } = await client.send(
      new FilterLogEventsCommand({ logGroupName: group, filterPattern, startTime: startMs, ...change }),
    );
    return events.map(({ timestamp = 0 }) => (timestamp - startMs) / 1_000);
  };

  it.each([
    ['', [0, 1, 2, 3, 4]],
    ['ERROR', [0, 2, 3, 4]],
    ['"Invoke Error"', [3]],
    ['ERROR -unexpected', [0, 3, 4]],
    ['{ $.errorCode = "databaseUnreachable" }', [0, 4]],
    ['{ $.errorCode != "databaseUnreachable" }', [2]],
    ['{ $.durationMs > 100 }', [0]],
    ['{ $.error.name = TypeError }', [2]],
  ])('finds by the pattern %s', async (pattern, seconds) => {
    expect(await filter(pattern)).toEqual(seconds);
  });

  it('has an inclusive end, and pages', async () => {
    expect(await filter('', { endTime: startMs + 2_000 })).toEqual([0, 1, 2]);
    const first = await client.send(
      new FilterLogEventsCommand({ logGroupName: group, limit: 3, startTime: startMs }),
    );
    expect(first.events).toHaveLength(3);
    expect(await filter('', { nextToken: first.nextToken, limit: 3 })).toEqual([3, 4]);
  });

  it.each(['?ERROR', '%ERR%', '{ $.a = 1 && $.b = 2 }', '[ip, user]'])(
    'refuses the pattern %s, naming it',
    async (pattern) => {
      await expect(filter(pattern)).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining(`filterPattern '${pattern}'`),
      });
    },
  );

  it('names a group that is not there', async () => {
    await expect(filter('', { logGroupName: '/none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('Logs Insights', () => {
  const query = async (queryString: string, change: object = {}) => {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupNames: [group, '/aws/lambda/local-system-02-api'],
        startTime: startMs / 1_000,
        endTime: startMs / 1_000 + 60,
        queryString,
        ...change,
      }),
    );
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    expect(status).toBe('Complete');
    return results.map((row) => Object.fromEntries(row.map(({ field = '', value }) => [field, value])));
  };

  it("answers the runbooks' question: which errors, the most frequent first", async () => {
    expect(
      await query('filter ispresent(errorCode) | stats count(*) as n by errorCode | sort n desc'),
    ).toEqual([
      { errorCode: 'databaseUnreachable', n: '2' },
      { errorCode: 'unexpected', n: '1' },
    ]);
  });

  it('filters, chooses, sorts and limits', async () => {
    expect(
      await query(
        'fields errorCode, durationMs | filter durationMs > 5 and errorCode like /^database/ | sort durationMs asc | limit 1',
      ),
    ).toEqual([{ errorCode: 'databaseUnreachable', durationMs: '20' }]);
    expect(await query(`filter @message like 'ok | "fine' | stats count(*)`)).toEqual([]);
    expect(await query('filter message = \'ok | "fine"\' | stats count(*)')).toEqual([{ 'count(*)': '1' }]);
  });

  it('shows the newest line first when asked for nothing else, within its time', async () => {
    const rows = await query('filter level = "ERROR"', { endTime: startMs / 1_000 + 3 });
    expect(rows.map((row) => row['@timestamp'])).toEqual([
      '2026-11-03 12:00:02.000',
      '2026-11-03 12:00:00.000',
    ]);
  });

  it.each(['parse @message "*" as x', 'stats avg(durationMs)', 'filter a = 1 or b = 2'])(
    'refuses %s, naming it',
    async (queryString) => {
      await expect(query(queryString)).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining('is not supported on this stage'),
      });
    },
  );

  it('knows no query that was not started', async () => {
    await expect(client.send(new GetQueryResultsCommand({ queryId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

it('lists log groups by prefix', async () => {
  const { logGroups } = await client.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/local-system-02' }),
  );
  expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/lambda/local-system-02-api']);
});

it('refuses by name an action it lacks', async () => {
  await expect(
    client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays: 1 })),
  ).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
