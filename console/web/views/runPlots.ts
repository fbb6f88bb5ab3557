import { html } from 'lit-html';
import type uPlot from 'uplot';
import type { RunFile } from '../../../records/run.ts';
import type { PlotView } from '../../wire.ts';
import { plotCanvas, show } from '../dom.ts';
import { drawnOfMessages, drawnOfRequests, type Drawn } from '../plot/drawnOfRun.ts';
import { heldPart } from './loadSections.ts';
import type { Mark } from '../plot/marks.ts';
import type { Theme } from '../plot/theme.ts';
import { TimePlot } from '../plot/timePlot.ts';

type SystemRun = RunFile['systems'][number];

interface RunPlot {
  title: string;
  unit: string;
  /** Values of a system, by the second. @param seconds that each entry tells of together */
  of: (system: SystemRun, seconds: number) => Map<number, number | null>;
}

/** @param secondsOf a system's seconds */
const plotOf =
  <Second extends { second: number }>(secondsOf: (system: SystemRun) => readonly Second[]) =>
  ({ title, unit, value }: Drawn<Second>): RunPlot => ({
    title,
    unit,
    of: (system, seconds) =>
      new Map(secondsOf(system).map((second) => [second.second, value(second, seconds)])),
  });

const requestPlots = drawnOfRequests.map(plotOf(({ series }) => series));
const messagePlots = drawnOfMessages.map(plotOf(({ messages }) => messages?.series ?? []));

/** Only of what the run sent. */
const plotsOf = ({ systems }: RunFile): RunPlot[] => [
  ...(systems.some(({ series }) => series.length > 0) ? requestPlots : []),
  ...(systems.some(({ messages }) => messages !== undefined) ? messagePlots : []),
];

/** What the generator saw, second by second; returns the plots, to be destroyed. */
export function drawRunPlots(
  host: HTMLElement,
  run: RunFile,
  colors: ReadonlyMap<string, string>,
  theme: Theme,
): TimePlot[] {
  const startMs = Date.parse(run.windows.run.start);
  const range = { fromMs: startMs, toMs: Date.parse(run.windows.run.end) };
  const hold: Mark = {
    label: heldPart(run),
    kind: 'hold',
    startMs: Date.parse(run.windows.hold.start),
    endMs: Date.parse(run.windows.hold.end),
  };
  const seconds = secondsOf(run);
  const figures = plotsOf(run).map((plot) => ({ ...plot, canvas: plotCanvas(plot.title) }));
  show(
    host,
    figures.map(
      ({ title, unit, canvas }) =>
        html`<figure class="widget">
          <figcaption>${title}<span class="unit">${unit}</span></figcaption>
          ${canvas}
        </figure>`,
    ),
  );
  return figures.map(({ title, unit, of, canvas }) => {
    const view: PlotView = {
      lines: run.systems.map(({ system }, series) => ({
        series,
        label: system,
        color: colors.get(system) ?? theme.load,
        axis: 'left',
      })),
      left: { label: unit, min: 0, max: null },
      right: null,
      horizontal: [],
      vertical: [],
    };
    const plot = new TimePlot(canvas, {
      view,
      title,
      theme,
      onZoom: () => undefined,
      onCursor: () => undefined,
    });
    const columns = run.systems.map((system) => {
      const bySecond = of(system, run.seriesSeconds ?? 1);
      // Left out is no gap: lines go on over it.
      return seconds.map((second) => bySecond.get(second));
    });
    const data: uPlot.AlignedData = [seconds.map((second) => startMs / 1_000 + second), ...columns];
    plot.update(data, range, [hold]);
    return plot;
  });
}

/** Those that any system tells of: of a long run a report has room for some. */
const secondsOf = ({ systems }: RunFile): number[] =>
  [
    ...new Set(
      systems.flatMap(({ series, messages }) =>
        [...series, ...(messages?.series ?? [])].map(({ second }) => second),
      ),
    ),
  ].toSorted((a, b) => a - b);
