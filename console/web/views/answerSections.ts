import { html, nothing, type TemplateResult } from 'lit-html';
import type { BreakpointFile } from '../../../records/breakpoint.ts';
import type { DeliveryFile } from '../../../records/delivery.ts';
import type { RecoveryFile } from '../../../records/recovery.ts';
import { questionTitle } from '../../../records/questionTitles.ts';
import { inUnit, number, words } from '../format.ts';
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

/** What became of the messages of each system, and how long they took until they were stored. */
export const deliverySection = ({ systems }: DeliveryFile): TemplateResult => html`
  ${heading('Messages', 'of the ids that SNS acknowledged; end to end from occurredAt until stored')}
  ${table(
    [
      'System',
      'Answer',
      '#Published',
      '#Stored',
      '#Dead-lettered',
      '#Lost',
      '#Stored twice',
      '#Unresolved',
      '#p50',
      '#p99',
      '#Max',
      'Why',
    ],
    systems.map(({ system, answer, reason, messages, unresolved, endToEnd }) => [
      system,
      words(answer),
      ...[
        messages?.published,
        messages?.stored,
        messages?.deadLettered,
        messages?.lost,
        messages?.duplicated,
      ].map((count) => (count === undefined ? '–' : number(count))),
      number(unresolved),
      ...(['p50', 'p99', 'max'] as const).map((of) => inUnit(endToEnd.ms?.[of] ?? null, 'milliseconds')),
      endToEnd.reason === null ? reason : `${reason} End to end: ${endToEnd.reason}.`,
    ]),
  )}
`;

/** Every limit that the climb crossed, in the order in which each system crossed them. */
export function breakpointSection({ systems }: BreakpointFile): TemplateResult {
  const rows = systems.flatMap(({ system, answer, reason, seenPerSecond, crossings }) =>
    crossings.length === 0
      ? [[system, 'none', '–', `above ${inUnit(seenPerSecond, 'perSecond')}`, '–', '–', '–', reason]]
      : crossings.map(({ signal, limit, unit, perSecond, value, before }, index) => [
          system,
          questionTitle(signal),
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
    ${systems.some(({ forecast }) => forecast !== undefined) ? foretoldSection(systems) : nothing}
  `;
}

/** What the newest peak foretold, beside where each system crossed its first limit. */
function foretoldSection(systems: BreakpointFile['systems']): TemplateResult {
  const perSecond = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : inUnit(value, 'perSecond');
  return html`
    ${heading('Forecast', 'from the newest peak of the same configuration')}
    ${table(
      [
        'System',
        '#At least',
        'Forecast to bind first',
        '#At about',
        '#95 % interval',
        'Crossed first',
        '#At',
      ],
      systems.flatMap(({ system, forecast, crossings: [first] }) =>
        forecast === undefined
          ? []
          : [
              [
                system,
                perSecond(forecast.atLeastPerSecond),
                forecast.bindsFirst === null ? '–' : questionTitle(forecast.bindsFirst),
                perSecond(forecast.likely?.perSecond),
                forecast.likely === null
                  ? '–'
                  : `${perSecond(forecast.likely.low)} to ${forecast.likely.high === null ? '…' : perSecond(forecast.likely.high)}`,
                first ? questionTitle(first.signal) : 'none',
                perSecond(first?.perSecond),
              ],
            ],
      ),
    )}
  `;
}
