import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunFile } from '../../../records/run.ts';
import { chip } from '../dom.ts';
import { inUnit, number } from '../format.ts';
import { badge, heading } from './parts.ts';
import { table } from './table.ts';

type SystemRecord = RunFile['systems'][number];

/** What a load test measured, by system, with its thresholds and checks. Its plots are drawn into #run-plots. */
export function loadSections(run: RunFile, colors: ReadonlyMap<string, string>): TemplateResult {
  const { generator, engine, paced } = run;
  const columns = paced
    ? [systemColumn(colors), ...rateColumns, ...answerColumns]
    : [systemColumn(colors), ...answerColumns];
  return html`
    ${heading('Load', paced ? `over the ${heldPart(run)}` : undefined)}
    ${table(
      columns.map(({ title }) => title),
      run.systems.map((system) => columns.map(({ cell }) => cell(system))),
    )}
    ${paced ? html`<div id="run-plots"></div>` : nothing}
    ${run.thresholds.length > 0 ? thresholdSection(run.thresholds) : nothing}
    ${run.checks.length > 0 ? checkSection(run.checks) : nothing}
    <p class="muted">
      Engine ${engine.name} (${engine.version}); its own CPU ${inUnit(generator.cpuPercent, 'percent')},
      ${generator.lateIterations ?? 'unknown'} late iterations, ${generator.droppedIterations} dropped. Commit
      ${run.commit?.slice(0, 7) ?? 'unknown'}.
    </p>
  `;
}

const thresholdSection = (thresholds: RunFile['thresholds']): TemplateResult => html`
  ${heading('Thresholds')}
  ${table(
    ['Outcome', 'Metric', 'Expected', '#Value'],
    thresholds.map(({ ok, metric, expression, value }) => [
      badge(ok ? 'pass' : 'fail'),
      metric,
      expression,
      value === null ? 'no data' : number(value),
    ]),
  )}
`;

const checkSection = (checks: RunFile['checks']): TemplateResult => html`
  ${heading('Checks')}
  ${table(
    ['Check', '#Passed', '#Failed'],
    checks.map(({ name, passes, fails }) => [name, number(passes), number(fails)]),
  )}
`;

/** What the run's figures are about. */
export const heldPart = ({ profile }: RunFile): string =>
  ({ spike: 'spike', breakpoint: 'climb' })[profile] ?? 'hold';

interface Column {
  title: string;
  cell: (system: SystemRecord) => string | TemplateResult;
}

/** With the colour that the system's lines have in the plots below. */
const systemColumn = (colors: ReadonlyMap<string, string>): Column => ({
  title: 'System',
  cell: ({ system }) => html`<span>${chip(colors.get(system) ?? null)}${system}</span>`,
});

const rateColumns: Column[] = [
  { title: '#Intended', cell: ({ hold }) => inUnit(hold.intendedPerSecond, 'perSecond') },
  { title: '#Achieved', cell: ({ hold }) => inUnit(hold.achievedPerSecond, 'perSecond') },
];

const latencyColumn = (title: string, of: 'p50' | 'p95' | 'p99' | 'max'): Column => ({
  title,
  cell: ({ hold }) => inUnit(hold.latencyMs?.[of] ?? null, 'milliseconds'),
});

const answerColumns: Column[] = [
  { title: '#Requests', cell: ({ hold }) => number(hold.requests) },
  { title: '#Failed', cell: ({ hold }) => number(hold.failed) },
  { title: '#Dropped', cell: ({ hold }) => number(hold.droppedIterations) },
  latencyColumn('#p50', 'p50'),
  latencyColumn('#p95', 'p95'),
  latencyColumn('#p99', 'p99'),
  latencyColumn('#Max', 'max'),
];
