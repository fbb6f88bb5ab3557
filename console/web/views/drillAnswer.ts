import { html, nothing, type TemplateResult } from 'lit-html';
import type { DrillResult, ExpectationRecord } from '../../../records/drill.ts';
import { scopeInWords } from '../../../records/drillScope.ts';
import { duration, inUnit, number, time } from '../format.ts';
import { drillPicture } from './drillPicture.ts';
import { badge, heading } from './parts.ts';
import { table } from './table.ts';

/** What a drill found: its picture, and the expectations that were not met. */
export const drillAnswer = (drill: DrillResult): TemplateResult => {
  const unmet = drill.expectations.filter(({ outcome }) => outcome !== 'met');
  return html`
    ${
      drill.restored === false
        ? html`<p class="warning">The fault may still be in place: npx headroom chaos restore</p>`
        : nothing
    }
    ${drill.seen && drill.seen.length > 0 ? drillPicture(drill) : timelineSection(drill.timeline)}
    ${unmet.length > 0 ? html`${heading('Expectations that were not met')} ${expectationTable(unmet)}` : nothing}
  `;
};

/** Everything that was expected, and where the messages went. */
export const drillFigures = (drill: DrillResult): TemplateResult => html`
  ${heading('Drilled')}
  <p>${scopeInWords(drill.systems, drill.scope)}</p>
  ${heading('Hypothesis')}
  <p>${drill.hypothesis}</p>
  ${heading('Expectations')} ${expectationTable(drill.expectations)}
  ${drill.messages.length > 0 ? messageSection(drill.messages) : nothing} ${poisonSection(drill.messages)}
`;

const expectationTable = (expectations: readonly ExpectationRecord[]): TemplateResult =>
  table(
    ['Outcome', 'Step', 'Expectation', '#Met', '#Worst', '#Limit', 'Worst system'],
    expectationRows(expectations),
  );

/** One row for what was expected of every system, with the one that came nearest to its limit or past it. */
function expectationRows(expectations: readonly ExpectationRecord[]): (string | TemplateResult)[][] {
  const groups = Map.groupBy(expectations, ({ step, title }) => `${step} ${title}`);
  return [...groups.values()].flatMap((group) => {
    const rank: Record<ExpectationRecord['outcome'], number> = { unmet: 0, undecided: 1, met: 2 };
    const [worst] = group.toSorted((a, b) => {
      const difference = (a.measured ?? 0) - (b.measured ?? 0);
      return rank[a.outcome] - rank[b.outcome] || (a.relation === '<=' ? -difference : difference);
    });
    if (!worst) return [];
    const { outcome, step, title, measured, relation, limit, unit, system } = worst;
    const met = group.filter((one) => one.outcome === 'met').length;
    return [
      [
        badge(outcome),
        step,
        title,
        `${met} of ${group.length}`,
        inUnit(measured, unit),
        `${relation === '<=' ? '≤' : '≥'} ${inUnit(limit, unit)}`,
        system,
      ],
    ];
  });
}

/** Where the messages that can never succeed ended, of a drill that published some. */
function poisonSection(messages: DrillResult['messages']): TemplateResult | typeof nothing {
  const rows = messages.flatMap(({ system, poison }) =>
    poison
      ? [[system, ...[poison.published, poison.deadLettered, poison.stored, poison.left].map(number)]]
      : [],
  );
  if (rows.length === 0) return nothing;
  return html`
    ${heading('Poison messages')}
    ${table(['System', '#Published', '#Dead-lettered', '#Stored', '#Left in the dead-letter queue'], rows)}
  `;
}

const messageSection = (messages: DrillResult['messages']): TemplateResult => html`
  ${heading('Messages')}
  ${table(
    ['System', '#Published', '#Stored', '#Dead-lettered', '#Lost', '#Duplicated', '#Unresolved'],
    messages.map((one) => [
      one.system,
      number(one.published),
      number(one.stored),
      number(one.deadLettered),
      number(one.lost),
      number(one.duplicated),
      number(one.unresolved),
    ]),
  )}
`;

/** Of a drill whose file does not say what was seen. */
const timelineSection = (timeline: DrillResult['timeline']): TemplateResult => html`
  ${heading('Timeline')}
  ${table(
    ['Step', '#From', '#For'],
    timeline.map(({ step, start, end }) => [
      step,
      time(Date.parse(start)),
      duration(Date.parse(end) - Date.parse(start)),
    ]),
  )}
`;
