import { html, nothing, type TemplateResult } from 'lit-html';
import { rehearsalNote } from '../../../monitoring/rehearsal.ts';
import { questionTitle } from '../../../records/questionTitles.ts';
import type { VerdictFile, VerdictRecord } from '../../../records/verdict.ts';
import type { RunReport } from '../../wire.ts';
import { counted } from '../../../core/counted.ts';
import { dateTime, inUnit } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { answerView } from './answer.ts';
import { drillFigures } from './drillAnswer.ts';
import { hintSections } from './hintSections.ts';
import { loadSections } from './loadSections.ts';
import { badge, heading, outcomeBadge, runTitle } from './parts.ts';
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

/** A past run as it is read afterwards: its answer, then the figures of each part, folded. */
export function reportView(reports: readonly RunReport[], surroundings: ReportSurroundings): TemplateResult {
  const { place, colors } = surroundings;
  const [first] = reports;
  return html`
    ${
      place === null
        ? nothing
        : html`<p><a href=${hrefOf({ ...place, path: 'runs', zoom: null })}>← All runs</a></p>`
    }
    ${answerView(reports, first ? dashboardLink(first.summary, surroundings) : nothing)}
    ${reports.map((report) => figuresOf(report, colors, reports.length > 1))}
    ${reports.some(({ summary }) => summary.place === 'local') ? html`<p class="muted">${rehearsalNote}</p>` : nothing}
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

/** Whether the run's figures are themselves what one wants to know of it. */
const isAllThereIs = ({ verdict, recovery, breakpoint, delivery, drill }: RunReport): boolean =>
  !verdict && !recovery && !breakpoint && !delivery && !drill;

/** All that was measured and asked: to be opened, save where there is nothing else, or it did not pass. */
function figuresOf(
  report: RunReport,
  colors: ReadonlyMap<string, string>,
  isPart: boolean,
): TemplateResult | typeof nothing {
  const { summary, run, verdict, drill } = report;
  if (!run && !verdict && !drill) return nothing;
  return html`<details class="figures" data-run=${summary.id} ?open=${isAllThereIs(report) && !isPart}>
    <summary>
      <h2>${isPart ? runTitle(summary) : 'All figures'}</h2>
      ${isPart ? outcomeBadge(summary.outcome) : nothing} <span class="muted">${sizeOf(report)}</span>
    </summary>
    ${verdict ? verdictSection(verdict) : nothing} ${drill ? drillFigures(drill) : nothing}
    ${run ? loadSections(run, colors) : nothing}
  </details>`;
}

/** What is behind the fold. */
function sizeOf({ run, verdict, drill }: RunReport): string {
  return [
    ...(verdict ? [counted(verdict.records.length, 'result')] : []),
    ...(drill ? [counted(drill.expectations.length, 'expectation')] : []),
    ...(run ? ['load, thresholds and checks'] : []),
  ].join(', ');
}

function verdictSection(judgement: VerdictFile): TemplateResult {
  const { records, judgedAt } = judgement;
  const passed = records.filter(({ verdict }) => verdict === 'pass');
  const others = records.filter(({ verdict }) => verdict !== 'pass');
  const failedFirst = others.toSorted((a, b) =>
    a.verdict === b.verdict ? 0 : a.verdict === 'fail' ? -1 : 1,
  );
  return html`
    ${heading('Results', `judged ${dateTime(Date.parse(judgedAt))} UTC`)}
    ${others.length > 0 ? verdictTable(failedFirst) : nothing}
    ${
      passed.length > 0
        ? html`<details>
            <summary>${passed.length} of ${records.length} passed</summary>
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
      questionTitle(record.signal),
      inUnit(record.worst, record.unit),
      record.limit === null ? '–' : inUnit(record.limit, record.unit),
      record.headroom === null ? '–' : inUnit(record.headroom, record.unit),
      record.reason,
    ]),
  );
