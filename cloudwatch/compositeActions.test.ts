import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmState } from './alarmEvaluator.ts';
import { lookAtComposite, newComposite, type CompositeMemory, type Suppression } from './compositeActions.ts';

const suppression: Suppression = { waitSeconds: 3, extensionSeconds: 3 };

/** One look a second: `composite/suppressor`, A for ALARM, o for OK; each answered with the action, or why none. */
function played(looks: string, rule: Suppression | null = suppression): string[] {
  let memory: CompositeMemory = newComposite('OK');
  return looks.split(' ').map((look, second) => {
    const [state, suppressor] = look.split('').map((sign): AlarmState => (sign === 'A' ? 'ALARM' : 'OK'));
    const seen = lookAtComposite(memory, { state: state!, suppressor, atMs: second * 1_000 }, rule);
    ({ memory } = seen);
    return seen.act ?? seen.suppressedBy ?? '-';
  });
}

describe('actions of a composite alarm', () => {
  it('run on a change of state only, where nothing suppresses them', () => {
    expect(played('o A A o o A', null)).toEqual(['-', 'ALARM', '-', 'OK', '-', 'ALARM']);
  });

  it('wait for the suppressor, then run', () => {
    expect(played('oo Ao Ao Ao Ao Ao')).toEqual([
      '-',
      'WaitPeriod',
      'WaitPeriod',
      'WaitPeriod',
      'ALARM',
      '-',
    ]);
  });

  it('have a wait and an extension of their own lengths', () => {
    const uneven = { waitSeconds: 1, extensionSeconds: 3 };
    expect(played('Ao Ao', uneven)).toEqual(['WaitPeriod', 'ALARM']);
    const extension = 'ExtensionPeriod';
    expect(played('AA Ao Ao Ao Ao', uneven)).toEqual(['Alarm', extension, extension, extension, 'ALARM']);
  });

  it('do not run when the suppressor goes to ALARM in time', () => {
    expect(played('Ao Ao AA AA oA oA')).toEqual([
      'WaitPeriod',
      'WaitPeriod',
      'Alarm',
      'Alarm',
      'Alarm',
      'Alarm',
    ]);
  });

  it('do not run when the composite is back before the wait is over', () => {
    expect(played('Ao Ao oo oo oo oo oo')).toEqual(['WaitPeriod', 'WaitPeriod', '-', '-', '-', '-', '-']);
  });

  it('run after the extension period if there is still cause', () => {
    const extension = 'ExtensionPeriod';
    expect(played('AA Ao Ao Ao Ao Ao')).toEqual(['Alarm', extension, extension, extension, 'ALARM', '-']);
    expect(played('AA Ao oo oo oo oo')).toEqual(['Alarm', extension, extension, extension, '-', '-']);
  });

  it('say afterwards that what was told of is over', () => {
    expect(played('Ao Ao Ao Ao AA oA oo oo oo oo').slice(3)).toEqual([
      'ALARM',
      'Alarm',
      'Alarm',
      'ExtensionPeriod',
      'ExtensionPeriod',
      'ExtensionPeriod',
      'OK',
    ]);
  });

  it('never run twice in a row for the same state, nor while the suppressor is in ALARM', () => {
    const look = fc.constantFrom('oo', 'oA', 'Ao', 'AA');
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 60 }), (looks) => {
        const answers = played(looks.join(' '));
        const acted = answers.filter((answer) => answer === 'ALARM' || answer === 'OK');
        acted.forEach((state, index) => expect(state).toBe(index % 2 === 0 ? 'ALARM' : 'OK'));
        const whileInAlarm = answers.filter((_, index) => looks[index]!.endsWith('A'));
        expect(new Set(whileInAlarm)).toEqual(new Set(whileInAlarm.length > 0 ? ['Alarm'] : []));
      }),
    );
  });
});
