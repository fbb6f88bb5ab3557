import { describe, expect, it } from 'vitest';
import { adoptedDocument } from '../../fleet/adoption/adoptedDocument.ts';
import type { Adoption } from '../../fleet/adoption/adoptionSchema.ts';
import { publishedSystem } from '../../fleet/names.ts';
import { judge, type JudgedSystem } from './judge.ts';
import { formatJunit } from './formatJunit.ts';
import { formatVerdict } from './formatVerdict.ts';
import { isSignal } from '../../monitoring/signals.ts';
import { metricQueries } from '../../monitoring/metricQueries.ts';
import { questionsOf } from './questions.ts';
import {
  judgeInput,
  messagesPerSecond,
  metricsOf,
  requestsPerSecond,
  systems,
} from './testing/judgeInput.ts';

const [orders, returns] = systems as [(typeof systems)[number], (typeof systems)[number]];
const capacity = { apiReservedConcurrency: 10, subscriberMaximumConcurrency: 2 };

function adopted(adoption: Partial<Adoption>, expectedMessagesPerSecond: number): JudgedSystem {
  const document = adoptedDocument({
    stage: 'qa',
    system: 'orders',
    region: 'us-east-1',
    adoption: { apiUrl: 'https://api.example/prod', ...adoption },
    expectedPeak: { requestsPerSecond, messagesPerSecond: expectedMessagesPerSecond },
  });
  return {
    ...publishedSystem(document, capacity),
    expectedRequestsPerSecond: requestsPerSecond,
    expectedMessagesPerSecond,
  };
}

const verdictOn = (system: JudgedSystem) => {
  const of = [system, returns];
  return judge(judgeInput({ systems: of, metrics: metricsOf(judgeInput().periods.startsMs, undefined, of) }));
};
const database = { engine: 'redshift', identifier: orders.clusterIdentifier, secrets: {} } as const;

it('asks an adopted system what its configuration names, and says by field what it does not ask', () => {
  const verdict = verdictOn(
    adopted({ apiName: orders.apiName, database: { ...database, connectionLimit: 500 } }, 0),
  );
  const asked = verdict.records.filter(({ system }) => system === 'orders').map(({ signal }) => signal);
  expect(asked).toEqual(
    expect.arrayContaining(['databaseCpu', 'databaseConnections', 'errorRate', 'load', 'sameLoad']),
  );
  for (const signal of ['functionConcurrency', 'functionMemory', 'deadLetters', 'unstored'])
    expect(asked).not.toContain(signal);
  expect(verdict.unasked).toEqual(
    expect.arrayContaining([
      {
        system: 'orders',
        lacks: 'adopt.functions.api and adopt.reservedConcurrency',
        signals: ['functionConcurrency'],
      },
      { system: 'orders', lacks: 'adopt.database.secrets.probe', signals: ['databaseMemory'] },
      { system: 'orders', lacks: 'adopt.queues.deadLetter', signals: ['deadLetters'] },
    ]),
  );
  expect(verdict.verdict).toBe('pass');
  const text = formatVerdict(verdict, { color: false, width: 200 });
  expect(text).toContain('orders, adopt.database.secrets.probe: database memory');
  expect(text).toMatch(/\d+ not checked over/);
  expect(text).toContain('2 of 2 systems keep 20 % in reserve');
  expect(text).toContain('as far as they were checked');
  expect(formatJunit(verdict)).toContain('message="not checked: adopt.queues.deadLetter is missing"');
});

it('takes no metrics for those of its load where nothing counted the requests', () => {
  const verdict = verdictOn(adopted({ database: { ...database, connectionLimit: 500 } }, 0));
  expect(
    verdict.records.find(({ system, signal }) => system === 'orders' && signal === 'sameLoad'),
  ).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('adopt.apiName or adopt.functions.api'),
  });
  expect(verdict.verdict).toBe('inconclusive');
});

it('shows no reserve of a system of which no resource is asked', () => {
  const verdict = verdictOn(adopted({ apiName: orders.apiName }, 0));
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.records.find(({ signal }) => signal === 'resources')).toMatchObject({
    system: 'orders',
    verdict: 'inconclusive',
    reason: expect.stringContaining('adopt.database'),
  });
});

it('takes no resource for shown that messages alone use, where none are expected', () => {
  const subscriber = { functions: { subscriber: 'clients-subscriber' }, subscriberMaximumConcurrency: 2 };
  const verdict = verdictOn(adopted({ apiName: orders.apiName, ...subscriber }, 0));
  expect(verdict.records.find(({ signal }) => signal === 'resources')).toMatchObject({
    system: 'orders',
    verdict: 'inconclusive',
  });
  expect(verdict.verdict).toBe('inconclusive');
});

it('does not take messages for stored that nobody can find again', () => {
  const verdict = verdictOn(adopted({ apiName: orders.apiName, database }, messagesPerSecond));
  expect(
    verdict.records.find(({ system, signal }) => system === 'orders' && signal === 'unstored'),
  ).toMatchObject({
    verdict: 'inconclusive',
  });
  expect(verdict.verdict).toBe('inconclusive');
});

it('takes a system of ours for whole: what its document does not name is not known', () => {
  const { queueName: _, deadLetterQueueName: __, undeliveredQueueName: ___, ...withoutQueues } = orders;
  const verdict = verdictOn(withoutQueues);
  expect(verdict.unasked).toBeUndefined();
  expect(
    verdict.records.filter(({ system, verdict: one }) => system === 'orders' && one === 'inconclusive'),
  ).toEqual([
    expect.objectContaining({
      signal: 'oldestMessage',
      reason: expect.stringContaining('adopt.queues.subscriber'),
    }),
    expect.objectContaining({ signal: 'deadLetters' }),
    expect.objectContaining({ signal: 'undelivered' }),
  ]);
});

describe('an adopted system over PostgreSQL', () => {
  const system = adopted(
    {
      apiName: 'clients',
      errors: { metric: '4XXError' },
      database: {
        engine: 'aurora-postgresql',
        identifier: 'clients-db',
        connectionLimit: 400,
        memoryMiB: 16_384,
        storageGiB: 100,
        secrets: {},
      },
    },
    0,
  );
  /** The verdict on each of its database's signals, where they were used so far. */
  const verdictAt = (percent: (id: string) => number) => {
    const { periods } = judgeInput();
    const metrics = metricsOf(
      periods.startsMs,
      (_, id) => (isSignal(id) && id !== 'errorRate' ? percent(id) : 0),
      [system, returns],
    );
    const { records } = judge(judgeInput({ systems: [system, returns], metrics }));
    return Object.fromEntries(
      records
        .filter((record) => record.system === 'orders' && record.signal.startsWith('database'))
        .map(({ signal, verdict, worst }) => [signal, [verdict, worst === null ? null : Math.round(worst)]]),
    );
  };

  it('is asked for what is used of what it has, also where its metric says what is left', () => {
    expect(verdictAt(() => 79)).toEqual({
      databaseCpu: ['pass', 79],
      databaseMemory: ['pass', 79],
      databaseConnections: ['pass', 79],
      databaseDisk: ['pass', 79],
    });
    const full = verdictAt((id) => (id === 'databaseMemory' || id === 'databaseDisk' ? 81 : 10));
    expect(full).toMatchObject({
      databaseMemory: ['fail', 81],
      databaseDisk: ['fail', 81],
      databaseCpu: ['pass', 10],
    });
  });

  it('is measured, where Redshift is estimated', () => {
    const { periods } = judgeInput();
    const metrics = metricsOf(periods.startsMs, () => 10, [system, returns]);
    const reasons = judge(judgeInput({ systems: [system, returns], metrics })).records.flatMap((record) =>
      record.signal === 'databaseMemory' ? [[record.system, record.reason.endsWith('An estimate.')]] : [],
    );
    expect(Object.fromEntries(reasons)).toEqual({ orders: false, returns: true });
  });

  it('is not believed to have more left than there is said to be', () => {
    const { databaseDisk } = verdictAt((id) => (id === 'databaseDisk' ? -20 : 40));
    expect(databaseDisk).toEqual(['inconclusive', null]);
  });

  it('is asked in queries that CloudWatch takes, of 4xx and 5xx together', () => {
    const errorRate = questionsOf(system, 60).find(({ id }) => id === 'errorRate')!;
    expect(
      metricQueries('q1', errorRate).map(
        ({ Expression, MetricStat }) => Expression ?? MetricStat?.Metric?.MetricName,
      ),
    ).toEqual(['4XXError', '5XXError', 'q1_it + q1_serverErrors']);
  });
});
