import type { RunFile } from '../../../records/run.ts';
import { chip, h } from '../dom.ts';
import { inUnit, number } from '../format.ts';
import { table } from './table.ts';

type SystemRecord = RunFile['systems'][number];

/** What a load test measured, by system, with its thresholds and checks. Its plots are drawn into #run-plots. */
export function loadSections(run: RunFile, colors: ReadonlyMap<string, string>): HTMLElement[] {
  const { generator, engine, paced } = run;
  const columns = paced
    ? [systemColumn(colors), ...rateColumns, ...answerColumns]
    : [systemColumn(colors), ...answerColumns];
  return [
    h('h2', {}, 'Load', paced && h('span', { class: 'muted note' }, `over the ${heldPart(run)}`)),
    table(
      columns.map(({ title }) => title),
      run.systems.map((system) => columns.map(({ cell }) => cell(system))),
    ),
    paced && h('div', { id: 'run-plots', 'data-keep': run.windows.run.start }),
    run.thresholds.length > 0 && h('h2', {}, 'Thresholds'),
    run.thresholds.length > 0 &&
      table(
        ['Outcome', 'Metric', 'Expected', '#Value'],
        run.thresholds.map(({ ok, metric, expression, value }) => [
          h('span', { class: `badge ${ok ? 'pass' : 'fail'}` }, ok ? 'pass' : 'fail'),
          metric,
          expression,
          value === null ? 'no data' : number(value),
        ]),
      ),
    run.checks.length > 0 && h('h2', {}, 'Checks'),
    run.checks.length > 0 &&
      table(
        ['Check', '#Passed', '#Failed'],
        run.checks.map(({ name, passes, fails }) => [name, number(passes), number(fails)]),
      ),
    h(
      'p',
      { class: 'muted' },
      `Engine ${engine.name} (${engine.version}); its own CPU ${inUnit(generator.cpuPercent, 'percent')}, ` +
        `${generator.lateIterations ?? 'unknown'} late iterations, ${generator.droppedIterations} dropped. ` +
        `Commit ${run.commit?.slice(0, 7) ?? 'unknown'}.`,
    ),
  ].filter((element) => element !== false);
}

/** What the run's figures are about. */
export const heldPart = ({ profile }: RunFile): string =>
  ({ spike: 'spike', breakpoint: 'climb' })[profile] ?? 'hold';

interface Column {
  title: string;
  cell: (system: SystemRecord) => string | HTMLElement;
}

/** With the colour that the system's lines have in the plots below. */
const systemColumn = (colors: ReadonlyMap<string, string>): Column => ({
  title: 'System',
  cell: ({ system }) => h('span', {}, chip(colors.get(system) ?? null), system),
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
