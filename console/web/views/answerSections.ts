import { html, type TemplateResult } from 'lit-html';
import type { BreakpointFile } from '../../../records/breakpoint.ts';
import type { RecoveryFile } from '../../../records/recovery.ts';
import { inUnit, words } from '../format.ts';
import { heading } from './parts.ts';
import { table } from './table.ts';

/** Before, during and after a spike, by system. */
export function recoverySection({ systems }: RecoveryFile): TemplateResult {
  const answers = ({ requests, failed, latencyP95Ms }: (typeof systems)[number]['before']): string =>
    `${failed} of ${requests} failed, p95 ${inUnit(latencyP95Ms, 'milliseconds')}`;
  const rows = systems.map(({ system, answer, reason, before, during, after, backAfterSeconds }) => [
    system,
    words(answer),
    answers(before),
    answers(during),
    answers(after),
    backAfterSeconds === null ? 'never' : `${backAfterSeconds} s`,
    reason,
  ]);
  return html`
    ${heading('Recovery')}
    ${table(['System', 'Answer', 'Before', 'Spike', 'After', '#Back after', 'Why'], rows)}
  `;
}

/** Every limit that the climb crossed, in the order in which each system crossed them. */
export function breakpointSection({ systems }: BreakpointFile): TemplateResult {
  const rows = systems.flatMap(({ system, answer, reason, seenPerSecond, crossings }) =>
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
  );
  return html`
    ${heading('Breakpoint', 'by period; no verdict')}
    ${table(
      ['System', 'Limit crossed', '#Limit', '#At', '#Value', '#Before at', '#Value before', 'Answer'],
      rows,
    )}
  `;
}
