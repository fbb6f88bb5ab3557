import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunFile } from '../../../records/run.ts';
import { chip } from '../dom.ts';
import { inUnit, number } from '../format.ts';
import { badge, heading } from './parts.ts';
import { table } from './table.ts';

type SystemRecord = RunFile['systems'][number];

/** What a load test measured, by system, with its thresholds and checks. Its plots are drawn into .run-plots. */
export function loadSections(run: RunFile, colors: ReadonlyMap<string, string>): TemplateResult {
  const { generator, engine, paced, systems } = run;
  const hasRequests = systems.some(({ hold }) => hold.requests > 0 || hold.intendedPerSecond > 0);
  const hasMessages = systems.some(({ messages }) => messages !== undefined);
  const over = paced ? `over the ${heldPart(run)}` : undefined;
  return html`
    ${
      hasRequests || !hasMessages
        ? html`${heading('Requests', over)}
          ${columnsTable(systems, [systemColumn(colors), ...(paced ? rateColumns : []), ...answerColumns])}`
        : nothing
    }
    ${
      hasMessages
        ? html`${heading('Messages', over)}
          ${columnsTable(systems, [
            systemColumn(colors),
            ...(paced ? messageRateColumns : []),
            ...messageColumns,
          ])}`
        : nothing
    }
    ${paced ? html`<div class="run-plots"></div>` : nothing}
    ${run.thresholds.length > 0 ? thresholdSection(run.thresholds) : nothing}
    ${run.checks.length > 0 ? checkSection(run.checks) : nothing}
    <p class="muted">
      Engine ${engine.name} (${engine.version}); its own CPU ${inUnit(generator.cpuPercent, 'percent')},
      ${generator.lateIterations ?? 'unknown'} late iterations, ${generator.droppedIterations} dropped. Commit
      ${run.commit?.slice(0, 7) ?? 'unknown'}.
    </p>
  `;
}

const columnsTable = (systems: readonly SystemRecord[], columns: readonly Column[]): TemplateResult =>
  table(
    columns.map(({ title }) => title),
    systems.map((system) => columns.map(({ cell }) => cell(system))),
  );

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

/** Of a system's messages; a dash where the run sent it none. */
const ofMessages = (
  title: string,
  of: (hold: NonNullable<SystemRecord['messages']>['hold']) => string,
): Column => ({ title, cell: ({ messages }) => (messages ? of(messages.hold) : '–') });

const messageRateColumns: Column[] = [
  ofMessages('#Intended', (hold) => inUnit(hold.intendedPerSecond, 'perSecond')),
  ofMessages('#Achieved', (hold) => inUnit(hold.achievedPerSecond, 'perSecond')),
];

const messageColumns: Column[] = [
  ofMessages('#Acknowledged', (hold) => number(hold.acknowledged)),
  ofMessages('#Refused', (hold) => number(hold.failed)),
  ofMessages('#Unresolved', (hold) => number(hold.unresolved)),
  ofMessages('#Dropped', (hold) => number(hold.dropped)),
  ...(['p50', 'p99', 'max'] as const).map((of) =>
    ofMessages(`#${of === 'max' ? 'Max' : of}`, (hold) =>
      inUnit(hold.latencyMs?.[of] ?? null, 'milliseconds'),
    ),
  ),
];
