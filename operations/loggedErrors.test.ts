import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { systemClock, type Clock } from '../core/clock.ts';
import { AwsEndpoint, AwsFault } from '../service/testing/awsEndpoint.ts';
import { loadFleet } from '../fleet/fleet.ts';
import { loggedErrors, probeLogGroupOf } from './loggedErrors.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const window = { startMs, endMs: startMs + 60_000 };

describe('loggedErrors', () => {
  let endpoint: TestEndpoint;
  let client: CloudWatchLogsClient;
  beforeEach(async () => {
    endpoint = await startTestEndpoint();
    client = new CloudWatchLogsClient(endpoint.clientConfig);
  });
  afterEach(async () => {
    client.destroy();
    await endpoint.close();
  });

  const logs = (group: string, system: string, service: string, lines: [number, object][]): void => {
    const events = lines.map(([second, members]) => ({
      timestampMs: startMs + second * 1_000,
      message: JSON.stringify({ system, service, ...members }),
    }));
    endpoint.state.logGroups
      .add(group, startMs)
      .sources.push(async (range) =>
        events.filter(({ timestampMs }) => timestampMs >= range.startMs && timestampMs < range.endMs),
      );
  };

  it('names the systems that have no log groups, and asks the others', async () => {
    const { logGroups: _logGroups, ...bare } = documentOf('bare', 'http://api');
    const other = documentOf('other', 'http://api');
    logs(other.logGroups.api, 'other', 'api', [[1, { level: 'ERROR', errorCode: 'unforeseen' }]]);
    logs(other.logGroups.subscriber, 'other', 'subscriber', []);
    const { errors, unasked } = await loggedErrors({
      client,
      systems: [bare, other],
      probeLogGroup: null,
      window,
      clock: systemClock,
    });
    expect(errors).toMatchObject([{ system: 'other', errorCode: 'unforeseen' }]);
    expect(unasked).toMatchObject([
      { system: 'bare', error: { message: 'it lacks adopt.logGroups.api, adopt.logGroups.subscriber' } },
    ]);
  });

  it('says what it does not read of an adopted system, whose code may write failures in another form', async () => {
    const { logGroups, ...rest } = documentOf('adopted', 'http://api');
    const own = documentOf('own', 'http://api');
    for (const { api, subscriber } of [logGroups, own.logGroups]) {
      logs(api, 'any', 'api', [[1, { level: 'ERROR', message: 'connection refused' }]]);
      logs(subscriber, 'any', 'subscriber', []);
    }
    const adopted = { ...rest, adopted: true as const, logGroups: { api: logGroups.api } };
    const refused = { service: 'api', level: 'ERROR', errorCode: 'unnamed', cause: 'connection refused' };
    const asked = { client, systems: [adopted, own], probeLogGroup: null, window, clock: systemClock };
    expect(await loggedErrors(asked)).toMatchObject({
      errors: [
        { ...refused, system: 'adopted' },
        { ...refused, system: 'own' },
      ],
      unasked: [],
      notes: [
        expect.stringMatching(/^adopted is adopted: .* only an error's class and common words are shown/),
        'adopted lacks adopt.logGroups.subscriber: nothing of that log is read',
      ],
    });
  });

  it('counts what functions of an adopted system wrote as they write it, and shows no client', async () => {
    const systems = ['one', 'two'].map((name) => ({
      ...documentOf(name, 'http://api'),
      adopted: true as const,
    }));
    const plain = (group: string, lines: string[]): void =>
      void endpoint.state.logGroups
        .add(group, startMs)
        .sources.push(async () => lines.map((message) => ({ timestampMs: startMs + 1_000, message })));
    const invoke = (message: string): string =>
      `2026-11-03T12:00:01.000Z\t5f3c1a9e-0c1d-4b7e-9a55-0123456789ab\tERROR\tInvoke Error\t${JSON.stringify({ errorType: 'TypeError', errorMessage: message })}`;
    const [one, two] = systems;
    plain(one!.logGroups.api, [
      '2026-11-03T12:00:01.000Z 5f3c1a9e-0c1d-4b7e-9a55-0123456789ab Task timed out after 3.00 seconds',
      'an error of Ana Pérez that is in no form',
      '{"level":"ERROR","errorCode":"databaseUnreachable","system":"one","service":"api"}',
    ]);
    plain(one!.logGroups.subscriber, ['all is well']);
    plain(two!.logGroups.api, []);
    plain(two!.logGroups.subscriber, [invoke('no client Ana Pérez'), invoke('no client 12.345.678-9')]);
    const found = await loggedErrors({ client, systems, probeLogGroup: null, window, clock: systemClock });
    expect(found.errors).toEqual([
      {
        system: 'two',
        service: 'subscriber',
        level: 'ERROR',
        errorCode: 'TypeError',
        cause: 'no client …',
        count: 2,
      },
      {
        system: 'one',
        service: 'api',
        level: 'ERROR',
        errorCode: 'databaseUnreachable',
        cause: '',
        count: 1,
      },
      {
        system: 'one',
        service: 'api',
        level: 'ERROR',
        errorCode: 'Sandbox.Timedout',
        cause: 'task timed out',
        count: 1,
      },
    ]);
    expect(found.notes).toContain(
      'one: what 1 line with a word such as error tell, in no form that is known',
    );
    expect(JSON.stringify(found)).not.toMatch(/Ana|Pérez|12\.345/);
  });

  it('counts what Lambda says of a function that timed out or ran out of memory, and cannot say itself', async () => {
    const { system, logGroups, ...rest } = documentOf('orders', 'http://api');
    const report = (status: string, errorType?: string) => ({
      type: 'platform.report',
      record: { requestId: 'r', status, errorType, metrics: { durationMs: 3_000 } },
    });
    logs(logGroups.api, system, 'api', [
      [1, report('timeout', 'Sandbox.Timedout')],
      [2, report('timeout', 'Sandbox.Timedout')],
      [3, report('error', 'Runtime.OutOfMemory')],
      [4, report('success')],
      [5, { level: 'INFO', message: 'succeeded after an error' }],
    ]);
    logs(logGroups.subscriber, system, 'subscriber', []);
    const systems = [{ system, logGroups, ...rest }];
    const found = await loggedErrors({ client, systems, probeLogGroup: null, window, clock: systemClock });
    const ofApi = { system, service: 'api', level: 'ERROR' };
    expect(found).toEqual({
      errors: [
        { ...ofApi, errorCode: 'Sandbox.Timedout', cause: 'task timed out', count: 2 },
        { ...ofApi, errorCode: 'Runtime.OutOfMemory', cause: '', count: 1 },
      ],
      unasked: [],
      notes: [],
    });
  });

  it('counts what each system logged by kind, over more groups than one query takes', async () => {
    const systems = Array.from({ length: 60 }, (_, index) => documentOf(`s${index}`, 'http://api'));
    const failed = { level: 'ERROR', errorCode: 'databaseUnreachable', cause: 'Error ECONNREFUSED' };
    for (const { system, logGroups } of systems) {
      const own: [number, object][] =
        system === 's59'
          ? [
              [1, failed],
              [59, failed],
              [60, failed],
            ]
          : [];
      logs(logGroups.api, system, 'api', [
        [-1, failed],
        [0, { level: 'INFO', message: 'succeeded' }],
        ...own,
      ]);
      logs(logGroups.subscriber, system, 'subscriber', []);
    }
    const [first] = systems;
    logs(first!.logGroups.api, 's0', 'api', [[2, { level: 'WARN', errorCode: 'clientNotFound' }]]);

    // The probe's log is the stage's: also of systems that nobody asks about.
    const unanswered = { level: 'ERROR', errorCode: 'databaseLoginRefused' };
    const probeLogGroup = '/aws/lambda/local-fleet-probe';
    logs(
      probeLogGroup,
      's3',
      'probe',
      [3, 4, 5].map((second) => [second, unanswered]),
    );
    logs(probeLogGroup, 'another', 'probe', [[6, unanswered]]);

    const asked = { client, systems, probeLogGroup, window, clock: systemClock };
    const { errors, unasked } = await loggedErrors(asked);
    expect(unasked).toEqual([]);
    expect(errors).toEqual([
      { ...unanswered, cause: '', system: 's3', service: 'probe', count: 3 },
      { ...failed, system: 's59', service: 'api', count: 2 },
      { level: 'WARN', errorCode: 'clientNotFound', cause: '', system: 's0', service: 'api', count: 1 },
    ]);
  });
});

describe('one of fifty systems whose log group is not there', () => {
  it('is named, and hides nothing of the others', async () => {
    const aws = await AwsEndpoint.start();
    const systems = Array.from({ length: 50 }, (_, index) => documentOf(`s${index}`, 'http://api'));
    const missing = systems[33]!.logGroups.subscriber;
    const queries: string[][] = [];
    aws.actions.set('StartQuery', ({ logGroupNames, queryString }) => {
      const names = String(queryString).includes('ispresent(errorCode)') ? (logGroupNames as string[]) : [];
      if ((logGroupNames as string[]).includes(missing)) {
        throw new AwsFault('ResourceNotFoundException', `Log group '${missing}' does not exist`);
      }
      return { queryId: String(queries.push(names) - 1) };
    });
    aws.actions.set('GetQueryResults', ({ queryId }) => ({
      status: 'Complete',
      results: queries[Number(queryId)]!.map((name) => [
        { field: 'system', value: name },
        { field: 'errorCode', value: 'internal' },
        { field: 'n', value: '1' },
      ]),
    }));
    try {
      const client = new CloudWatchLogsClient(aws.clientConfig);
      const { errors, unasked } = await loggedErrors({
        client,
        systems,
        probeLogGroup: null,
        window,
        clock: systemClock,
      });
      expect(unasked).toMatchObject([{ system: 's33', error: { name: 'ResourceNotFoundException' } }]);
      const others = systems.filter(({ system }) => system !== 's33');
      expect(errors.map(({ system }) => system).toSorted()).toEqual(
        others.flatMap(({ logGroups }) => [logGroups.api, logGroups.subscriber]).toSorted(),
      );
      expect(aws.calls.filter((call) => call === 'StartQuery').length).toBeLessThan(17);
    } finally {
      await aws.stop();
    }
  });
});

it('the probe of a stage logs under its name, and a stage of one run has none', async () => {
  const fleet = await loadFleet('fleet.config.ts');
  expect(probeLogGroupOf(fleet, 'prod')).toBe('/aws/lambda/prod-fleet-probe');
  expect(probeLogGroupOf(fleet, 'test-1')).toBeNull();
});

describe('a query that takes its time', () => {
  let aws: AwsEndpoint;
  beforeEach(async () => {
    aws = await AwsEndpoint.start();
    aws.actions.set('StartQuery', () => ({ queryId: 'q' }));
  });
  afterEach(() => aws.stop());

  const ask = (clock: Clock) => {
    const client = new CloudWatchLogsClient(aws.clientConfig);
    const systems = [documentOf('orders', 'http://api')];
    return loggedErrors({ client, systems, probeLogGroup: null, window, clock });
  };
  /** Time that passes only while somebody sleeps. */
  const hurried = (): Clock => {
    let nowMs = startMs;
    return { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) };
  };

  it('is waited for', async () => {
    const statuses = ['Scheduled', 'Running', 'Complete'];
    const rows = [
      [
        { field: 'system', value: 'orders' },
        { field: 'errorCode', value: 'internal' },
        { field: 'n', value: '3' },
      ],
    ];
    aws.actions.set('GetQueryResults', () => {
      const status = statuses.shift();
      // The next query is for what Lambda says.
      return status === undefined ? { status: 'Complete', results: [] } : { status, results: rows };
    });
    expect(await ask(hurried())).toMatchObject({
      errors: [{ errorCode: 'internal', count: 3 }],
      unasked: [],
    });
    expect(statuses).toEqual([]);
  });

  it('is stopped when it does not end, and says what to do', async () => {
    const stopped: unknown[] = [];
    aws.actions.set('GetQueryResults', () => ({ status: 'Running', results: [] }));
    aws.actions.set('StopQuery', ({ queryId }) => ({ success: stopped.push(queryId) > 0 }));
    await expect(ask(hurried())).rejects.toThrow(/did not end within 120 s; ask for less time/);
    expect(stopped).toEqual(['q']);
  });

  it('is no answer when it is not to the question', async () => {
    aws.actions.set('GetQueryResults', () => ({
      status: 'Complete',
      results: [[{ field: '@ptr', value: 'x' }]],
    }));
    await expect(ask(hurried())).rejects.toThrow('does not support its language');
  });

  it('is no answer when it fails', async () => {
    aws.actions.set('GetQueryResults', () => ({ status: 'Failed', results: [] }));
    await expect(ask(hurried())).rejects.toThrow('ended as Failed');
  });
});
