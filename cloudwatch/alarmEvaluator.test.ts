import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, evaluationRange, type AlarmRule, type AlarmState } from './alarmEvaluator.ts';

const nowMs = Date.UTC(2026, 10, 3, 12, 0, 7);

const rule = (change: Partial<AlarmRule> = {}): AlarmRule => ({
  periodSeconds: 10,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 80,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'missing',
  ...change,
});

/** `0 - X` as datapoints: the newest period is the last. */
function pointsOf(picture: string, forRule: AlarmRule) {
  const { startMs } = evaluationRange(forRule, nowMs);
  return picture.split(' ').flatMap((symbol, index) => {
    const timestampMs = startMs + index * forRule.periodSeconds * 1000;
    return symbol === '-' ? [] : [{ timestampMs, value: symbol === 'X' ? 80 : 79.9 }];
  });
}

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const states: AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
type Expected = AlarmState | 'keep';

/** The two tables of CloudWatch's page on missing data; columns as in `treatments`. */
const documented: [datapointsToAlarm: number, picture: string, expected: Expected[]][] = [
  [3, '0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  [3, '0 - - - -', ['OK', 'OK', 'OK', 'OK']],
  [3, '- - - - -', ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
  [3, '0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [3, '- - X - -', ['ALARM', 'keep', 'ALARM', 'OK']],
  [2, '0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, '0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  [2, '- - - X -', ['ALARM', 'keep', 'ALARM', 'OK']],
];

describe('evaluate', () => {
  it.each(documented)('%i of 3 on [%s] gives the documented %j', (datapointsToAlarm, picture, expected) => {
    treatments.forEach((treatMissingData, column) => {
      const alarm = rule({ datapointsToAlarm, treatMissingData });
      for (const previous of states) {
        const { state } = evaluate(alarm, pointsOf(picture, alarm), nowMs, previous);
        expect({ treatMissingData, state }).toEqual({
          treatMissingData,
          state: expected[column] === 'keep' ? previous : expected[column],
        });
      }
    });
  });

  it.each(['- - - - X', '- - - X -'])('does not alarm early on [%s], with M of 3', (picture) => {
    expect(evaluate(rule(), pointsOf(picture, rule()), nowMs, 'OK').state).toBe('OK');
  });

  it('agrees with a slow, literal reading of the rule', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((evaluationPeriods) =>
          fc.record({
            evaluationPeriods: fc.constant(evaluationPeriods),
            datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
            symbols: fc.array(fc.constantFrom('0', 'X', '-'), {
              minLength: evaluationPeriods + 2,
              maxLength: evaluationPeriods + 2,
            }),
          }),
        ),
        fc.constantFrom(...treatments),
        fc.constantFrom(...states),
        ({ symbols, ...counts }, treatMissingData, previous) => {
          const alarm = rule({ ...counts, treatMissingData });
          const points = pointsOf(symbols.join(' '), alarm);
          expect(evaluate(alarm, points, nowMs, previous).state).toBe(literal(alarm, symbols, previous));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('looks at whole periods only: one that still runs is not in the range', () => {
    const { endMs } = evaluationRange(rule(), nowMs);
    expect(new Date(endMs).toISOString()).toBe('2026-11-03T12:00:00.000Z');
    const alarm = rule({ evaluationPeriods: 1, datapointsToAlarm: 1 });
    const running = [{ timestampMs: endMs, value: 100 }];
    expect(evaluate(alarm, running, nowMs, 'OK').state).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    ['GreaterThanThreshold', [79, 80, 81], 81],
    ['GreaterThanOrEqualToThreshold', [79, 80, 81], 80],
    ['LessThanThreshold', [79, 80, 81], 79],
    ['LessThanOrEqualToThreshold', [79, 80, 81], 80],
  ] as const)('%s compares with the threshold', (comparison, values, limit) => {
    const alarm = rule({ comparison, evaluationPeriods: 1, datapointsToAlarm: 1 });
    const { startMs } = evaluationRange(alarm, nowMs);
    const alarming = values.filter(
      (value) => evaluate(alarm, [{ timestampMs: startMs, value }], nowMs, 'OK').state === 'ALARM',
    );
    const expected = comparison.startsWith('Greater')
      ? values.filter((value) => value >= limit)
      : values.filter((value) => value <= limit);
    expect(alarming).toEqual(expected);
  });

  it('says which points decided', () => {
    const { reason } = evaluate(rule(), pointsOf('0 0 X X X', rule()), nowMs, 'OK');
    expect(reason).toContain('3 out of the last 3 datapoints');
    expect(reason).toContain('80 (2026-11-03T11:59:50.000Z)');
    expect(reason).toContain('greater than or equal to the threshold (80)');
  });

  it('counts in its reason the missing points that it took as breaching', () => {
    const alarm = rule({ treatMissingData: 'breaching' });
    const { state, reason } = evaluate(alarm, pointsOf('- - X - -', alarm), nowMs, 'OK');
    expect(state).toBe('ALARM');
    expect(reason).toContain('3 out of the last 3 datapoints (2 of them missing, treated as [Breaching])');
  });
});

/**
 * The same rule without arithmetic: every way of filling the gap is written down, and the answer follows
 * from whether all, some or none of them alarm.
 */
function literal(alarm: AlarmRule, symbols: readonly string[], previous: AlarmState): AlarmState {
  const n = alarm.evaluationPeriods;
  const newestFirst = symbols.toReversed();
  const real = newestFirst.filter((symbol) => symbol !== '-').slice(0, n);
  const alarms = (points: readonly string[]): boolean =>
    points.filter((symbol) => symbol === 'X').length >= alarm.datapointsToAlarm;
  const fillings = (count: number): string[][] =>
    count === 0
      ? [[]]
      : fillings(count - 1).flatMap((rest) => [
          [...rest, 'X'],
          [...rest, '0'],
        ]);
  const outcomes = fillings(n - real.length).map((filling) => ({
    filling,
    alarm: alarms([...real, ...filling]),
  }));
  if (outcomes.every((outcome) => outcome.alarm)) return 'ALARM';
  const filledWith = (symbol: string): AlarmState =>
    outcomes.find(({ filling }) => filling.every((filled) => filled === symbol))?.alarm ? 'ALARM' : 'OK';
  if (alarm.treatMissingData === 'breaching') return filledWith('X');
  if (alarm.treatMissingData === 'notBreaching' || real.length === n) return filledWith('0');
  if (real.includes('0')) return 'OK';
  if (alarm.treatMissingData === 'ignore') return previous;
  if (real.length === 0) return 'INSUFFICIENT_DATA';
  // Position 1 is the newest period.
  const oldestBreaching = newestFirst.lastIndexOf('X') + 1;
  return oldestBreaching >= alarm.datapointsToAlarm ? 'ALARM' : 'OK';
}
