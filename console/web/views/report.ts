import { rehearsalNote } from '../../../monitoring/rehearsal.ts';
import type { DrillResult, ExpectationRecord } from '../../../records/drill.ts';
import type { VerdictFile, VerdictRecord } from '../../../records/verdict.ts';
import type { RunReport } from '../../wire.ts';
import { h } from '../dom.ts';
import { dateTime, duration, inUnit, number, time, words } from '../format.ts';
import { hrefOf, type Place } from '../location.ts';
import { breakpointSection, recoverySection } from './answerSections.ts';
import { hintSections } from './hintSections.ts';
import { loadSections } from './loadSections.ts';
import { kindWords, outcomeBadge } from './parts.ts';
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
export function reportView(
  report: RunReport,
  { dashboard, place, colors, nowMs, dataSinceMs }: ReportSurroundings,
): HTMLElement[] {
  const { summary, run, verdict, recovery, breakpoint, drill } = report;
  const { startMs, endMs } = summary;
  const margin = Math.max(30_000, (endMs - startMs) / 10);
  const zoom = { fromMs: startMs - margin, toMs: Math.min(nowMs, endMs + margin) };
  return [
    place !== null &&
      h('p', {}, h('a', { href: hrefOf({ ...place, path: 'runs', zoom: null }) }, '← All runs')),
    h(
      'h1',
      {},
      `${summary.kind === null ? 'Run' : kindWords[summary.kind]} ${summary.name} `,
      outcomeBadge(summary.outcome),
    ),
    h('p', { class: 'lead' }, summary.headline),
    ...report.unreadable.slice(1).map((problem) => h('p', {}, problem)),
    h(
      'p',
      { class: 'muted' },
      summary.stage !== null &&
        `Stage ${summary.stage}, ${summary.place === 'local' ? 'on this machine' : summary.place}; `,
      `${dateTime(startMs)} UTC${endMs > startMs ? `, ${duration(endMs - startMs)}` : ''}; run ${summary.id}. `,
      dashboard !== null &&
        place !== null &&
        startMs > dataSinceMs &&
        h('a', { href: hrefOf({ ...place, path: `dashboard/${dashboard}`, zoom }) }, 'Its dashboards'),
    ),
    summary.place === 'local' && h('p', { class: 'muted' }, rehearsalNote),
    ...(verdict ? verdictSection(verdict) : []),
    ...(recovery ? recoverySection(recovery) : []),
    ...(breakpoint ? breakpointSection(breakpoint) : []),
    ...(drill ? drillSections(drill) : []),
    ...(run ? loadSections(run, colors) : []),
  ].filter((element) => element !== false);
}

function verdictSection(judgement: VerdictFile): HTMLElement[] {
  const { records, judgedAt } = judgement;
  const passed = records.filter(({ verdict }) => verdict === 'pass');
  const others = records.filter(({ verdict }) => verdict !== 'pass');
  const failedFirst = others.toSorted((a, b) =>
    a.verdict === b.verdict ? 0 : a.verdict === 'fail' ? -1 : 1,
  );
  return [
    h(
      'h2',
      {},
      'Verdict',
      h('span', { class: 'muted note' }, `judged ${dateTime(Date.parse(judgedAt))} UTC`),
    ),
    others.length > 0 && verdictTable(failedFirst),
    passed.length > 0 &&
      h(
        'details',
        { open: others.length === 0 },
        h('summary', {}, `${passed.length} of ${records.length} questions passed`),
        verdictTable(passed),
      ),
    ...hintSections(judgement),
  ].filter((element) => element !== false);
}

const verdictTable = (records: readonly VerdictRecord[]): HTMLElement =>
  table(
    ['Verdict', 'System', 'What', '#Worst', '#Limit', '#Headroom', 'Why'],
    records.map((record) => [
      h('span', { class: `badge ${record.verdict}` }, record.verdict),
      record.system ?? 'the run',
      words(record.signal),
      inUnit(record.worst, record.unit),
      record.limit === null ? '–' : inUnit(record.limit, record.unit),
      record.headroom === null ? '–' : inUnit(record.headroom, record.unit),
      record.reason,
    ]),
  );

/** One row for what was expected of every system, with the one that came nearest to its limit or past it. */
function expectationRows(expectations: readonly ExpectationRecord[]): (string | HTMLElement)[][] {
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
        h('span', { class: `badge ${outcome}` }, outcome),
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
function poisonSection(messages: DrillResult['messages']): HTMLElement[] {
  const rows = messages.flatMap(({ system, poison }) =>
    poison
      ? [[system, ...[poison.published, poison.deadLettered, poison.stored, poison.left].map(number)]]
      : [],
  );
  if (rows.length === 0) return [];
  return [
    h('h2', {}, 'Poison messages'),
    table(['System', '#Published', '#Dead-lettered', '#Stored', '#Left in the dead-letter queue'], rows),
  ];
}

function drillSections(drill: DrillResult): HTMLElement[] {
  return [
    h('h2', {}, 'Hypothesis'),
    h('p', {}, drill.hypothesis),
    drill.restored === false &&
      h('p', { class: 'warning' }, 'The fault may still be in place: npx headroom chaos restore'),
    h('h2', {}, 'Timeline'),
    table(
      ['Step', '#From', '#For'],
      drill.timeline.map(({ step, start, end }) => [
        step,
        time(Date.parse(start)),
        duration(Date.parse(end) - Date.parse(start)),
      ]),
    ),
    h('h2', {}, 'Expectations'),
    table(
      ['Outcome', 'Step', 'Expectation', '#Met', '#Worst', '#Limit', 'Worst system'],
      expectationRows(drill.expectations),
    ),
    drill.messages.length > 0 && h('h2', {}, 'Messages'),
    drill.messages.length > 0 &&
      table(
        ['System', '#Published', '#Stored', '#Dead-lettered', '#Lost', '#Duplicated', '#Unresolved'],
        drill.messages.map((one) => [
          one.system,
          number(one.published),
          number(one.stored),
          number(one.deadLettered),
          number(one.lost),
          number(one.duplicated),
          number(one.unresolved),
        ]),
      ),
    ...poisonSection(drill.messages),
  ].filter((element) => element !== false);
}
