import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricStore } from '../cloudwatch/metricStore.ts';
import { alarmsOf, adoptedSystem, stateOf } from './testing/adoptedAlarms.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 3, 12);
const apiUrl = 'https://clients.example/prod';
const logGroups = { api: '/aws/lambda/clients' };

/** What was answered in a minute. */
interface Answered {
  right: number;
  /** With a 4xx and with a 5xx status. */
  clientErrors: number;
  serverErrors: number;
  /** Lines of the log that the pattern matches. */
  logged: number;
}

const of = (change: Partial<Answered>): Answered => ({
  right: 100,
  clientErrors: 0,
  serverErrors: 0,
  logged: 0,
  ...change,
});

/** As API Gateway and a metric filter publish it. */
function published(minutes: readonly Answered[]): MetricStore {
  const metrics = new MetricStore();
  minutes.forEach(({ right, clientErrors, serverErrors, logged }, minute) => {
    const timestampMs = startMs + minute * minuteMs;
    const answers = right + clientErrors + serverErrors;
    const ofApi = (name: string, failed: number): void =>
      metrics.put({
        namespace: 'AWS/ApiGateway',
        name,
        dimensions: { ApiName: 'clients' },
        timestampMs,
        values: [1, 0],
        counts: [failed, answers - failed],
      });
    ofApi('4XXError', clientErrors);
    ofApi('5XXError', serverErrors);
    ofApi('Count', answers);
    metrics.put({
      namespace: 'Headroom',
      name: 'LoggedErrors-prod-legacy',
      dimensions: {},
      timestampMs,
      values: [1, 0],
      counts: [logged, 3 * answers],
    });
  });
  return metrics;
}

const sources: { errors: object; failed: (answered: Answered) => number; words: string }[] = [
  {
    errors: { metric: '5XXError' },
    failed: ({ serverErrors }) => serverErrors,
    words: 'the share of API answers with a 5xx status reached',
  },
  {
    errors: { metric: '4XXError' },
    failed: ({ clientErrors, serverErrors }) => clientErrors + serverErrors,
    words: 'the share of API answers with a 4xx or 5xx status reached',
  },
  {
    errors: { logPattern: '"connection refused"' },
    failed: ({ logged }) => logged,
    words: 'the share of API answers that failed, as the log says, reached',
  },
];

describe.each(sources)('failed answers by $errors', ({ errors, failed, words }) => {
  const alarms = alarmsOf(adoptedSystem({ apiUrl, apiName: 'clients', logGroups, errors }));
  const states = (minutes: readonly Answered[]) => {
    const metrics = published(minutes);
    const nowMs = startMs + minutes.length * minuteMs;
    return Object.fromEntries(
      ['errorRate', 'errorRate-critical', 'failedAnswers'].map((id) => [
        id,
        stateOf(alarms.get(id), metrics, nowMs),
      ]),
    );
  };

  it('alarm at their share of all, and at their number', () => {
    const counts = fc.record({
      right: fc.integer({ min: 1, max: 1_000 }),
      clientErrors: fc.integer({ min: 0, max: 100 }),
      serverErrors: fc.integer({ min: 0, max: 100 }),
      logged: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(counts, (answered) => {
        const all = answered.right + answered.clientErrors + answered.serverErrors;
        const share = failed(answered) / all;
        fc.pre([0.01, 0.1].every((limit) => Math.abs(share - limit) > 1e-9));
        expect(states([answered, answered, answered])).toEqual({
          errorRate: share > 0.01 ? 'ALARM' : 'OK',
          'errorRate-critical': share > 0.1 ? 'ALARM' : 'OK',
          failedAnswers: failed(answered) >= 5 ? 'ALARM' : 'OK',
        });
      }),
      { numRuns: 50 },
    );
  });

  it('are named in what the alarm says', () => {
    expect(alarms.get('errorRate')!['AlarmDescription']).toContain(words);
    expect(String(alarms.get('failedAnswers')!['AlarmDescription'])).not.toContain('{');
  });

  it('are none where nobody asks', () => {
    expect(states([])).toEqual({ errorRate: 'OK', 'errorRate-critical': 'OK', failedAnswers: 'OK' });
  });
});

it('an outage that looks like its clients’ mistakes is seen by a 4xx rate or the log, and by a 5xx rate is not', () => {
  const outage = of({ right: 0, clientErrors: 100, logged: 100 });
  const seen = sources.map(({ errors }) => {
    const alarms = alarmsOf(adoptedSystem({ apiUrl, apiName: 'clients', logGroups, errors }));
    return stateOf(
      alarms.get('errorRate-critical'),
      published([outage, outage, outage]),
      startMs + 3 * minuteMs,
    );
  });
  expect(seen).toEqual(['OK', 'ALARM', 'ALARM']);
});
