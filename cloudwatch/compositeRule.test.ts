import * as fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { AlarmState } from './alarmEvaluator.ts';
import { childrenOf, holds, parseCompositeRule } from './compositeRule.ts';

const stateOf = (states: Record<string, AlarmState>) => (alarm: string) =>
  states[alarm] ?? 'INSUFFICIENT_DATA';

describe('a composite rule', () => {
  it.each([
    ['ALARM(a)', { a: 'ALARM' }, true],
    ['ALARM("a")', { a: 'OK' }, false],
    ['ALARM("arn:aws:cloudwatch:us-east-1:111122223333:alarm:a")', { a: 'ALARM' }, true],
    ['INSUFFICIENT_DATA(a)', {}, true],
    ['ALARM(a) OR ALARM(b) AND ALARM(c)', { a: 'ALARM' }, true],
    ['(ALARM(a) OR ALARM(b)) AND ALARM(c)', { a: 'ALARM' }, false],
    ['NOT ALARM(a) AND OK(b)', { a: 'OK', b: 'OK' }, true],
    ['NOT (ALARM(a) OR TRUE)', {}, false],
    ['FALSE', {}, false],
    ['AT_LEAST(2, ALARM, (a, b, c))', { a: 'ALARM', c: 'ALARM' }, true],
    ['AT_LEAST(2, ALARM, ("a", "b", "c"))', { a: 'ALARM' }, false],
    ['AT_LEAST(50%, NOT OK, (a, b, c))', { a: 'OK' }, true],
    ['AT_LEAST(50%, NOT OK, (a, b, c))', { a: 'OK', b: 'OK' }, false],
  ] as [string, Record<string, AlarmState>, boolean][])('%s with %j is %s', (text, states, expected) => {
    expect(holds(parseCompositeRule(text), stateOf(states))).toBe(expected);
  });

  it.each([
    ['', 'got "the end"'],
    ['ALARM(a', 'expected ")", got "the end"'],
    ['ALARM(a) ALARM(b)', 'unexpected "ALARM(b)"'],
    ['ALARM(a) XOR ALARM(b)', 'unexpected "XOR ALARM(b)"'],
    ['FIRING(a)', 'got "FIRING"'],
    ['ALARM()', 'expected an alarm’s name'],
    ['ALARM(arn:aws:sns:us-east-1:1:topic)', 'expected the ARN of an alarm'],
    ['AT_LEAST(4, ALARM, (a, b, c))', 'expected 1 to 3 of its alarms, got 4'],
    ['AT_LEAST(many, ALARM, (a))', 'expected a number or a percentage'],
    [
      Array.from({ length: 101 }, (_, index) => `ALARM(a${index})`).join(' OR '),
      '101 alarms, and 100 are the limit',
    ],
    ['('.repeat(500) + 'ALARM(a)' + ')'.repeat(500), '501 elements'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseCompositeRule(text)).toThrow(problem);
  });

  it('names its children once', () => {
    expect(childrenOf(parseCompositeRule('ALARM(a) OR NOT OK(b) AND AT_LEAST(1, OK, (a, c))'))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('agrees with JavaScript about AND, OR, NOT and parentheses', () => {
    const { rule } = fc.letrec<{ rule: string }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 5 },
        fc
          .tuple(fc.constantFrom('ALARM', 'OK'), fc.constantFrom('a', 'b', 'c'))
          .map(([state, alarm]) => `${state}(${alarm})`),
        fc.constantFrom('TRUE', 'FALSE'),
        tie('rule').map((text) => `NOT ${/ (AND|OR) /.test(text) ? `(${text})` : text}`),
        tie('rule').map((text) => `(${text})`),
        fc.tuple(tie('rule'), fc.constantFrom('AND', 'OR'), tie('rule')).map((parts) => parts.join(' ')),
      ),
    }));
    const some = fc.constantFrom<AlarmState>('OK', 'ALARM', 'INSUFFICIENT_DATA');
    fc.assert(
      fc.property(rule, fc.record({ a: some, b: some, c: some }), (text, states) => {
        const script = text
          .replace(/(ALARM|OK)\((\w)\)/g, (_, state, alarm) => String(states[alarm as 'a'] === state))
          .replaceAll('TRUE', 'true')
          .replaceAll('FALSE', 'false')
          .replaceAll('AND', '&&')
          .replaceAll('OR', '||')
          .replaceAll('NOT', '!');
        const expected = runInNewContext(script) as boolean;
        expect(holds(parseCompositeRule(text), stateOf(states))).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
