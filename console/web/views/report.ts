import { html, nothing, type TemplateResult } from 'lit-html';
import { rehearsalNote } from '../../../monitoring/rehearsal.ts';
import type { DrillResult, ExpectationRecord } from '../../../records/drill.ts';
import type { VerdictFile, VerdictRecord } from '../../../records/verdict.ts';
import type { RunReport } from '../../wire.ts';
import { dateTime, duration, inUnit, number, time, words } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { breakpointSection, recoverySection } from './answerSections.ts';
import { drillPicture } from './drillPicture.ts';
import { hintSections } from './hintSections.ts';
import { loadSections } from './loadSections.ts';
import { badge, heading, kindWords, outcomeBadge } from './parts.ts';
import { table } from './table.ts';

export interface ReportSurroundings {
  /** Where a run's time is shown; null while none is known. */
  dashboard: string | null;
  /** Null where there are no other pages. */
  place: Place | null;
  /** Colours by system. */
  colors: ReadonlyMap<string, string>;
  nowMs: number;
  /** What ran before has nothing to show on the dashboards. */
  dataSinceMs: number;
}

/** A past run as it is read afterwards: verdict, drill, load. */
export function reportView(report: RunReport, surroundings: ReportSurroundings): TemplateResult {
  const { summary, run, verdict, recovery, breakpoint, drill } = report;
  const { place, colors } = surroundings;
  const { startMs, endMs } = summary;
  const stage =
    summary.stage === null
      ? ''
      : `Stage ${summary.stage}, ${summary.place === 'local' ? 'on this machine' : summary.place}; `;
  const length = endMs > startMs ? `, ${duration(endMs - startMs)}` : '';
  return html`
    ${
      place === null
        ? nothing
        : html`<p><a href=${hrefOf({ ...place, path: 'runs', zoom: null })}>← All runs</a></p>`
    }
    <h1>
      ${summary.kind === null ? 'Run' : kindWords[summary.kind]} ${summary.name}
      ${outcomeBadge(summary.outcome)}
    </h1>
    <p class="lead">${summary.headline}</p>
    ${report.unreadable.slice(1).map((problem) => html`<p>${problem}</p>`)}
    <p class="muted">
      ${stage}${dateTime(startMs)} UTC${length}; run ${summary.id}. ${dashboardLink(summary, surroundings)}
    </p>
    ${summary.place === 'local' ? html`<p class="muted">${rehearsalNote}</p>` : nothing}
    ${verdict ? verdictSection(verdict) : nothing} ${recovery ? recoverySection(recovery) : nothing}
    ${breakpoint ? breakpointSection(breakpoint) : nothing} ${drill ? drillSections(drill) : nothing}
    ${run ? loadSections(run, colors) : nothing}
  `;
}

/** To what the dashboards show of the run's time, while they have it. */
function dashboardLink(
  { startMs, endMs }: RunReport['summary'],
  { dashboard, place, nowMs, dataSinceMs }: ReportSurroundings,
): TemplateResult | typeof nothing {
  if (dashboard === null || place === null || startMs <= dataSinceMs) return nothing;
  const marginMs = Math.max(30_000, (endMs - startMs) / 10);
  const zoom = { fromMs: startMs - marginMs, toMs: Math.min(nowMs, endMs + marginMs) };
  return html`<a href=${hrefOf({ ...place, path: `dashboard/${dashboard}`, zoom })}>Its dashboards</a>`;
}

function verdictSection(judgement: VerdictFile): TemplateResult {
  const { records, judgedAt } = judgement;
  const passed = records.filter(({ verdict }) => verdict === 'pass');
  const others = records.filter(({ verdict }) => verdict !== 'pass');
  const failedFirst = others.toSorted((a, b) =>
    a.verdict === b.verdict ? 0 : a.verdict === 'fail' ? -1 : 1,
  );
  return html`
    ${heading('Verdict', `judged ${dateTime(Date.parse(judgedAt))} UTC`)}
    ${others.length > 0 ? verdictTable(failedFirst) : nothing}
    ${
      passed.length > 0
        ? html`<details ?open=${others.length === 0}>
            <summary>${passed.length} of ${records.length} questions passed</summary>
            ${verdictTable(passed)}
          </details>`
        : nothing
    }
    ${hintSections(judgement)}
  `;
}

const verdictTable = (records: readonly VerdictRecord[]): TemplateResult =>
  table(
    ['Verdict', 'System', 'What', '#Worst', '#Limit', '#Headroom', 'Why'],
    records.map((record) => [
      badge(record.verdict),
      record.system ?? 'the run',
      words(record.signal),
      inUnit(record.worst, record.unit),
      record.limit === null ? '–' : inUnit(record.limit, record.unit),
      record.headroom === null ? '–' : inUnit(record.headroom, record.unit),
      record.reason,
    ]),
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

const drillSections = (drill: DrillResult): TemplateResult => html`
  ${heading('Hypothesis')}
  <p>${drill.hypothesis}</p>
  ${
    drill.restored === false
      ? html`<p class="warning">The fault may still be in place: npx headroom chaos restore</p>`
      : nothing
  }
  ${drill.seen && drill.seen.length > 0 ? drillPicture(drill) : timelineSection(drill.timeline)}
  ${heading('Expectations')}
  ${table(
    ['Outcome', 'Step', 'Expectation', '#Met', '#Worst', '#Limit', 'Worst system'],
    expectationRows(drill.expectations),
  )}
  ${drill.messages.length > 0 ? messageSection(drill.messages) : nothing} ${poisonSection(drill.messages)}
`;
