import type { BreakpointFile } from '../../../records/breakpoint.ts';
import type { RecoveryFile } from '../../../records/recovery.ts';
import { h } from '../dom.ts';
import { inUnit, words } from '../format.ts';
import { table } from './table.ts';

/** Before, during and after a spike, by system. */
export function recoverySection({ systems }: RecoveryFile): HTMLElement[] {
  const answers = ({ requests, failed, latencyP95Ms }: (typeof systems)[number]['before']): string =>
    `${failed} of ${requests} failed, p95 ${inUnit(latencyP95Ms, 'milliseconds')}`;
  return [
    h('h2', {}, 'Recovery'),
    table(
      ['System', 'Answer', 'Before', 'Spike', 'After', '#Back after', 'Why'],
      systems.map(({ system, answer, reason, before, during, after, backAfterSeconds }) => [
        system,
        words(answer),
        answers(before),
        answers(during),
        answers(after),
        backAfterSeconds === null ? 'never' : `${backAfterSeconds} s`,
        reason,
      ]),
    ),
  ];
}

/** Every limit that the climb crossed, in the order in which each system crossed them. */
export const breakpointSection = ({ systems }: BreakpointFile): HTMLElement[] => [
  h('h2', {}, 'Breakpoint', h('span', { class: 'muted note' }, 'by period; no verdict')),
  table(
    ['System', 'Limit crossed', '#Limit', '#At', '#Value', '#Before at', '#Value before', 'Answer'],
    systems.flatMap(({ system, answer, reason, seenPerSecond, crossings }) =>
      crossings.length === 0
        ? [[system, 'none', '–', `above ${inUnit(seenPerSecond, 'perSecond')}`, '–', '–', '–', reason]]
        : crossings.map(({ signal, limit, unit, perSecond, value, before }, index) => [
            system,
            words(signal),
            inUnit(limit, unit),
            inUnit(perSecond, 'perSecond'),
            inUnit(value, unit),
            before ? inUnit(before.perSecond, 'perSecond') : 'never',
            before ? inUnit(before.value, unit) : '–',
            index > 0 ? 'later' : answer === 'crossed' ? 'first' : reason,
          ]),
    ),
  ),
];
