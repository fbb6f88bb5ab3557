import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
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
    ['{ $.durationMs >= 1004 }', [0]],
    ['{ $.durationMs < 20 }', []],
    ['{ $.durationMs <= 20 }', [4]],
    ['{ $.durationMs = 20 }', [4]],
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
    expect(
      await query('fields @log | filter level = "ERROR" and @message not like /Unreachable/ | limit 1'),
    ).toEqual([{ '@log': `000000000000:${group}` }]);
    expect(await query(`filter @message like 'ok | "fine' | stats count(*)`)).toEqual([]);
    expect(await query('filter message = \'ok | "fine"\' | stats count(*)')).toEqual([{ 'count(*)': '1' }]);
  });

  it('shows the newest line first when asked for nothing else, within its time', async () => {
    const times = async (from: number, to: number) => {
      const range = { startTime: startMs / 1_000 + from, endTime: startMs / 1_000 + to };
      return (await query('filter level = "ERROR"', range)).map((row) => row['@timestamp']?.slice(-6));
    };
    // Both ends are within.
    expect(await times(0, 2)).toEqual(['02.000', '00.000']);
    expect(await times(0, 3)).toEqual(['02.000', '00.000']);
    expect(await times(2, 4)).toEqual(['04.000', '02.000']);
    expect(await times(1, 1)).toEqual([]);
  });

  it('puts the lines of several groups, and of several sources, into one order', async () => {
    const { logGroups } = endpoint.state;
    const logGroupName = '/aws/lambda/local-system-03-api';
    const { sources } = logGroups.add(logGroupName, startMs);
    const second = async (seconds: number) => [line(seconds, { third: true })];
    sources.push(
      () => second(5),
      () => second(2.5),
    );
    const rows = await query('fields @timestamp | limit 4', { logGroupNames: [logGroupName, group] });
    expect(rows.map((row) => row['@timestamp']?.slice(-6))).toEqual(['05.000', '04.000', '03.000', '02.500']);
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events.map(({ timestamp = 0 }) => timestamp - startMs)).toEqual([2_500, 5_000]);
  });

  it('sorts numbers by their value, after all that is none', async () => {
    const logGroupName = '/aws/lambda/local-system-04-api';
    endpoint.state.logGroups
      .add(logGroupName, startMs)
      .sources.push(async () => [10, 'b', 9, 'a10'].map((value, second) => line(second, { value })));
    const sorted = async (order: string) => {
      const rows = await query(`fields value | sort value ${order}`, { logGroupNames: [logGroupName] });
      return rows.map((row) => row['value']);
    };
    expect(await sorted('asc')).toEqual(['a10', 'b', '9', '10']);
    expect(await sorted('desc')).toEqual(['10', '9', 'b', 'a10']);
  });

  it('gives no more rows than its start asks for, and forgets a query after a hundred others', async () => {
    expect(await query('fields @timestamp', { limit: 2 })).toHaveLength(2);
    const start = async () => {
      const command = new StartQueryCommand({
        logGroupName: group,
        startTime: 0,
        endTime: 1,
        queryString: 'limit 1',
      });
      return (await client.send(command)).queryId;
    };
    const first = await start();
    for (let other = 0; other < 99; other += 1) await start();
    const results = () => client.send(new GetQueryResultsCommand({ queryId: first }));
    expect((await results()).status).toBe('Complete');
    await start();
    await expect(results()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
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

describe('DescribeLogStreams', () => {
  const streams = async (change: object = {}) =>
    (await client.send(new DescribeLogStreamsCommand({ logGroupName: group, ...change }))).logStreams ?? [];

  it('tells the one stream of a group, once something was written', async () => {
    expect(await streams()).toMatchObject([
      { logStreamName: 'local', firstEventTimestamp: startMs, lastEventTimestamp: startMs + 4_000 },
    ]);
    expect(await streams({ logStreamNamePrefix: 'lo' })).toHaveLength(1);
    expect(await streams({ logStreamNamePrefix: '2026' })).toEqual([]);
    expect(await streams({ orderBy: 'LastEventTime', descending: true })).toHaveLength(1);
    expect(await streams({ logGroupName: '/aws/lambda/local-system-02-api' })).toEqual([]);
  });

  it.each([
    ['ResourceNotFoundException', { logGroupName: '/none' }],
    ['InvalidParameterException', { orderBy: 'LastEventTime', logStreamNamePrefix: 'lo' }],
    ['InvalidParameterException', { logGroupIdentifier: group }],
    ['InvalidParameterException', { nextToken: 'x' }],
  ])('refuses with %s: %j', async (name, change) => {
    await expect(streams(change)).rejects.toMatchObject({ name });
  });
});

describe('GetLogEvents', () => {
  const get = async (change: object = {}) => {
    const { events = [], ...tokens } = await client.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName: 'local', ...change }),
    );
    return { seconds: events.map(({ timestamp = 0 }) => (timestamp - startMs) / 1_000), ...tokens };
  };

  it('gives the newest, or from the head, and both ways on until there is no more', async () => {
    expect((await get()).seconds).toEqual([0, 1, 2, 3, 4]);
    const newest = await get({ limit: 2 });
    expect(newest.seconds).toEqual([3, 4]);
    const before = await get({ limit: 2, nextToken: newest.nextBackwardToken });
    expect(before.seconds).toEqual([1, 2]);
    const head = await get({ limit: 2, startFromHead: true });
    expect(head.seconds).toEqual([0, 1]);
    const next = await get({ limit: 4, nextToken: head.nextForwardToken });
    expect(next.seconds).toEqual([2, 3, 4]);
    const end = await get({ nextToken: next.nextForwardToken });
    expect(end).toMatchObject({ seconds: [], nextForwardToken: next.nextForwardToken });
  });

  it('keeps to its time, without the end', async () => {
    const range = { startTime: startMs + 1_000, endTime: startMs + 3_000 };
    expect((await get(range)).seconds).toEqual([1, 2]);
  });

  it.each([
    ['ResourceNotFoundException', { logStreamName: 'other' }],
    ['ResourceNotFoundException', { logGroupName: '/none' }],
    ['InvalidParameterException', { nextToken: 'x' }],
    ['InvalidParameterException', { limit: 10_001 }],
  ])('refuses with %s: %j', async (name, change) => {
    await expect(get(change)).rejects.toMatchObject({ name });
  });
});

describe('following a group', () => {
  it('meets every line once, also where several are of one millisecond, page by page and look by look', async () => {
    const written: { timestampMs: number; message: string }[] = [];
    endpoint.state.logGroups
      .add('/followed', startMs)
      .sources.push(async (range) => written.filter(({ timestampMs }) => timestampMs >= range.startMs));
    const write = (ms: number, ...messages: string[]) =>
      written.push(...messages.map((message) => ({ timestampMs: startMs + ms, message })));
    const seen = new Map<string, string>();
    const look = async (startTime: number) => {
      let nextToken: string | undefined;
      let latest = startTime;
      do {
        const page = await client.send(
          new FilterLogEventsCommand({
            logGroupName: '/followed',
            startTime,
            limit: 2,
            nextToken,
            interleaved: true,
          }),
        );
        for (const { eventId = '', message = '', timestamp = 0 } of page.events ?? []) {
          seen.set(eventId, message);
          latest = timestamp;
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return latest;
    };
    write(0, 'a', 'b', 'c');
    write(1, 'd');
    const latest = await look(startMs);
    write(1, 'e', 'f');
    write(2, 'g');
    await look(latest);
    expect([...seen.values()]).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('knows the one stream by name and by prefix', async () => {
    const found = async (change: object) =>
      (await client.send(new FilterLogEventsCommand({ logGroupName: group, ...change }))).events?.length;
    expect(await found({ logStreamNames: ['local'] })).toBe(5);
    expect(await found({ logStreamNames: ['other'] })).toBe(0);
    expect(await found({ logStreamNamePrefix: 'loc' })).toBe(5);
    expect(await found({ logStreamNamePrefix: 'x' })).toBe(0);
  });
});
