import uPlot from 'uplot';
import type { AxisView, PlotView, Side } from '../../wire.ts';
import { number, time, timeOfMinute, dateTime } from '../format.ts';
import type { Mark } from './marks.ts';
import { drawAnnotations, drawMarks } from './overlay.ts';
import { manyLines, outstandingLines } from './outstanding.ts';
import { isolatedPoints, nearestLine, valueRange } from './scale.ts';
import type { Theme } from './theme.ts';
import { Tooltip } from './tooltip.ts';

export interface TimePlotOptions {
  view: PlotView;
  title: string;
  theme: Theme;
  /** The reader has drawn a stretch out. */
  onZoom: (fromMs: number, toMs: number) => void;
  /** What the cursor points at: an index into the times, null for none. */
  onCursor: (index: number | null) => void;
}

/** What an axis on the right has of its own; 1 is uPlot's number for that side. */
const onTheRight = { side: 1, grid: { show: false } };

/** Between two times on an axis. */
const incrementsSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400];

/** In CSS pixels; where lines lie on each other, the one that is brought out is seen by its width. */
const lineWidth = 1.5;
const broughtOutWidth = 3;

/** How much of a line's colour is left where another one is brought out. */
const fadedAlpha = 0.13;

/** The same of one of so many, while none is brought out: where all lie on each other, they are still lines. */
const oneOfManyAlpha = (lines: number): number => Math.min(0.3, 12 / lines);

/** A plot of lines over time that fills its host. Cursors of all plots move together. */
export class TimePlot {
  readonly #host: HTMLElement;
  readonly #options: TimePlotOptions;
  readonly #plot: uPlot;
  readonly #tooltip: Tooltip;
  readonly #observer: ResizeObserver;
  #range = { fromMs: 0, toMs: 1 };
  #marks: readonly Mark[] = [];
  #system: string | null = null;
  #nearest: number | null = null;
  #pointed = false;
  /** Positions of the lines that have a colour of their own; null where all have. */
  #outstanding: ReadonlySet<number> | null = null;

  constructor(host: HTMLElement, options: TimePlotOptions) {
    this.#host = host;
    this.#options = options;
    const empty = [[], ...options.view.lines.map(() => [])] as unknown as uPlot.AlignedData;
    this.#plot = new uPlot(this.#uplotOptions(), empty, host);
    this.#tooltip = new Tooltip(this.#plot.over, options.view.lines);
    this.#observer = new ResizeObserver(() => this.#plot.setSize(this.#size()));
    this.#observer.observe(host);
    this.#listen();
  }

  /** @param troubled systems in alarm, which stand out among many whatever their values */
  update(
    data: uPlot.AlignedData,
    range: { fromMs: number; toMs: number },
    marks: readonly Mark[],
    troubled: ReadonlySet<string> = new Set(),
  ): void {
    const { lines } = this.#options.view;
    if (lines.length > manyLines) {
      const inTrouble = lines.flatMap(({ label }, line) => (troubled.has(label) ? [line] : []));
      // More in trouble than a reader tells apart do not stand out by that.
      const told = inTrouble.length > manyLines ? [] : inTrouble;
      this.#outstanding = new Set([...outstandingLines(data.slice(1)), ...told]);
      this.#fade();
    }
    const sameRange = this.#range.fromMs === range.fromMs && this.#range.toMs === range.toMs;
    this.#range = range;
    this.#marks = marks;
    this.#plot.batch(() => {
      this.#plot.setData(data, false);
      this.#plot.setScale('x', { min: range.fromMs / 1_000, max: range.toMs / 1_000 });
    });
    // A new range draws everything by itself.
    if (sameRange) this.#plot.redraw(true, true);
  }

  /** Brings a system's lines out, wherever there are some; null for none. */
  bringOut(system: string | null): void {
    const own = this.#options.view.lines.some(({ label }) => label === system) ? system : null;
    if (own === this.#system) return;
    this.#system = own;
    this.#fade();
  }

  /** Whether a line has a colour of its own. */
  stands(line: number): boolean {
    const { lines } = this.#options.view;
    return this.#outstanding === null || this.#outstanding.has(line) || lines[line]?.label === this.#system;
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(120, this.#host.clientWidth), height: Math.max(80, this.#host.clientHeight) };
  }

  #listen(): void {
    const { over } = this.#plot;
    const point = (pointed: boolean) => () => {
      this.#pointed = pointed;
      if (!pointed) this.#plot.setCursor({ left: -10, top: -10 });
    };
    over.addEventListener('mouseenter', point(true));
    over.addEventListener('mouseleave', point(false));
    this.#host.addEventListener('focus', point(true));
    this.#host.addEventListener('blur', point(false));
    this.#host.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#moveCursor(step);
    });
  }

  #moveCursor(step: number): void {
    const times = this.#plot.data[0];
    const last = this.#plot.valToIdx(this.#range.toMs / 1_000);
    const first = this.#plot.valToIdx(this.#range.fromMs / 1_000);
    const index = Math.min(last, Math.max(first, (this.#plot.cursor.idx ?? last + 1) + step));
    const at = times[index];
    if (at !== undefined) this.#plot.setCursor({ left: this.#plot.valToPos(at, 'x'), top: 0 });
  }

  #onCursor(u: uPlot): void {
    const { idx = null, left = -1, top = -1 } = u.cursor;
    const index = left < 0 ? null : idx;
    this.#options.onCursor(index);
    const nearest = index === null || !this.#pointed ? null : nearestLine(u, index, top);
    if (nearest !== this.#nearest) {
      this.#nearest = nearest;
      this.#fade();
    }
    if (index === null || !this.#pointed) this.#tooltip.hide();
    else this.#tooltip.show(u, index, nearest);
  }

  #fade(): void {
    const { lines } = this.#options.view;
    this.#plot.series.forEach((series, index) => {
      if (index === 0) return;
      const out =
        this.#nearest === null
          ? this.#system === null || lines[index - 1]?.label === this.#system
          : index === this.#nearest;
      const isChosen = out && (this.#nearest !== null || this.#system !== null);
      series.alpha = !out
        ? fadedAlpha
        : isChosen || this.stands(index - 1)
          ? 1
          : oneOfManyAlpha(lines.length);
      series.width = isChosen ? broughtOutWidth : lineWidth;
    });
    this.#plot.redraw(false, false);
  }

  #uplotOptions(): uPlot.Options {
    const { view, theme, onZoom } = this.#options;
    const axis = { stroke: theme.muted, font: '11px system-ui, sans-serif', ticks: { show: false } };
    const grid = { stroke: theme.grid, width: 1 };
    const values = (side: Side): uPlot.Axis => ({
      ...axis,
      scale: side,
      size: 46,
      gap: 4,
      space: 28,
      grid,
      values: (_, splits) => splits.map(number),
      ...(side === 'right' && onTheRight),
    });
    return {
      ...this.#size(),
      padding: [8, view.right ? 0 : 24, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        sync: { key: 'console', setSeries: false, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false },
        points: { show: true, size: 5 },
      },
      scales: {
        x: { time: true, auto: false },
        left: this.#scale(view.left, 'left'),
        ...(view.right && { right: this.#scale(view.right, 'right') }),
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 4,
          space: 64,
          incrs: incrementsSeconds,
          grid,
          values: (_, splits, _axis, _space, increment) =>
            splits.map((at) => timeLabel(at * 1_000, increment)),
        },
        values('left'),
        ...(view.right ? [values('right')] : []),
      ],
      series: [
        {},
        ...view.lines.map(({ label, color, axis: scale }): uPlot.Series => ({
          label,
          scale,
          stroke: (_, index) => (this.stands(index - 1) || index === this.#nearest ? color : theme.muted),
          width: lineWidth,
          points: { show: true, size: 4, fill: color, filter: isolatedPoints },
        })),
      ],
      hooks: {
        drawClear: [(u) => drawMarks(u, this.#marks, theme)],
        draw: [(u) => drawAnnotations(u, view, this.#marks, theme)],
        setCursor: [(u) => this.#onCursor(u)],
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width < 4 || !this.#pointed) return;
            onZoom(u.posToVal(left, 'x') * 1_000, u.posToVal(left + width, 'x') * 1_000);
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  #scale(axis: AxisView, side: Side): uPlot.Scale {
    const limits = this.#options.view.horizontal.filter((one) => one.axis === side).map(({ value }) => value);
    return { auto: true, range: (_, min, max) => valueRange(axis, limits, min, max) };
  }
}

const timeLabel = (ms: number, incrementSeconds: number): string => {
  if (ms % 86_400_000 === 0) return dateTime(ms);
  return incrementSeconds < 60 ? time(ms) : timeOfMinute(ms);
};
