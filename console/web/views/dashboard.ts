import type uPlot from 'uplot';
import type { DashboardView, PlotView, WidgetView } from '../../wire.ts';
import { h, render } from '../dom.ts';
import type { Live } from '../feed.ts';
import { number } from '../format.ts';
import { readPlace, type Place } from '../location.ts';
import { Legend } from '../plot/legend.ts';
import { marksOf } from '../plot/marks.ts';
import { readTheme } from '../plot/theme.ts';
import { TimePlot } from '../plot/timePlot.ts';
import { SeriesBuffer } from '../series.ts';
import { alarmLine } from './parts.ts';

export interface Range {
  fromMs: number;
  toMs: number;
}

interface DrawnPlot {
  plot: TimePlot;
  view: PlotView;
  legend: Legend;
  /** What the cursor points at. */
  cursor: number | null;
  /** What it shows, so that it is drawn anew only for something else. */
  shown: string;
  columns: uPlot.AlignedData;
}

/** A dashboard's widgets on CloudWatch's grid, drawn as far as they are on the screen. */
export class DashboardPage {
  readonly element = h('div', { class: 'grid' });
  readonly #buffer: SeriesBuffer;
  readonly #onZoom: (range: Range) => void;
  readonly #hosts = new Map<Element, WidgetView>();
  readonly #drawn = new Map<Element, DrawnPlot>();
  readonly #observer: IntersectionObserver;
  #theme = readTheme();
  #live: Live | null = null;
  #range: Range = { fromMs: 0, toMs: 1 };
  #place: Place = readPlace('');

  constructor(dashboard: DashboardView, onZoom: (range: Range) => void) {
    this.#onZoom = onZoom;
    this.#buffer = new SeriesBuffer(dashboard.name);
    this.#observer = new IntersectionObserver((entries) => this.#onVisible(entries), { rootMargin: '200px' });
    for (const widget of dashboard.widgets.toSorted((a, b) => a.y - b.y || a.x - b.x)) this.#add(widget);
  }

  /** Brings the place's system out, on what is drawn already. */
  bringOut(place: Place): void {
    if (this.#place.system === place.system) return;
    this.#place = place;
    for (const drawn of this.#drawn.values()) {
      drawn.plot.bringOut(place.system);
      this.#updateLegend(drawn);
    }
  }

  /** Fetches what is missing of the range, and draws it. */
  async update(live: Live, range: Range, place: Place): Promise<void> {
    await this.#buffer.load(range.fromMs, range.toMs);
    this.#live = live;
    this.#range = range;
    this.#place = place;
    for (const [host, widget] of this.#hosts) this.#draw(host, widget);
  }

  /** Draws everything anew, in the colours of the reader's system. */
  changeTheme(): void {
    this.#theme = readTheme();
    for (const [host, { view }] of this.#drawn) {
      this.#remove(host);
      this.#create(host, view);
    }
  }

  destroy(): void {
    this.#observer.disconnect();
    for (const host of this.#drawn.keys()) this.#remove(host);
  }

  #add(widget: WidgetView): void {
    const host = h('figure', { class: `widget ${widget.kind}` });
    host.style.gridColumn = `${widget.x + 1} / span ${widget.width}`;
    host.style.gridRow = `${widget.y + 1} / span ${widget.height}`;
    const unit =
      widget.kind === 'plot' ? [widget.plot.left.label, widget.plot.right?.label].filter(Boolean) : [];
    if (widget.title !== '') {
      host.append(h('figcaption', {}, widget.title, h('span', { class: 'unit' }, unit.join(' · '))));
    }
    if (widget.kind === 'text') host.append(proseOf(widget.html));
    if (widget.kind === 'refused') host.append(h('p', { class: 'empty' }, widget.reason));
    this.#hosts.set(host, widget);
    if (widget.kind === 'plot') this.#observer.observe(host);
    this.element.append(host);
  }

  #onVisible(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const widget = this.#hosts.get(target);
      if (widget?.kind !== 'plot') continue;
      if (!isIntersecting) this.#remove(target);
      else if (!this.#drawn.has(target)) this.#create(target, widget.plot);
    }
  }

  #create(host: Element, view: PlotView): void {
    const title = this.#hosts.get(host)?.title ?? '';
    const canvas = h('div', {
      class: 'canvas',
      tabindex: 0,
      role: 'group',
      'aria-label': `${title}; arrow keys read values`,
    });
    const legend = new Legend(view.lines);
    host.append(canvas, legend.element);
    const drawn: DrawnPlot = {
      view,
      legend,
      cursor: null,
      shown: '',
      columns: [[]],
      plot: new TimePlot(canvas, {
        view,
        title,
        theme: this.#theme,
        onZoom: (fromMs, toMs) => this.#onZoom({ fromMs, toMs }),
        onCursor: (index) => {
          drawn.cursor = index;
          this.#updateLegend(drawn);
        },
      }),
    };
    this.#drawn.set(host, drawn);
    this.#drawPlot(drawn);
  }

  #remove(host: Element): void {
    this.#drawn.get(host)?.plot.destroy();
    this.#drawn.delete(host);
    host.querySelector('.canvas')?.remove();
    host.querySelector('.legend')?.remove();
  }

  #draw(host: Element, widget: WidgetView): void {
    const drawn = this.#drawn.get(host);
    if (drawn) this.#drawPlot(drawn);
    const { alarms = [] } = this.#live?.feed ?? {};
    if (widget.kind === 'alarms') {
      const list = host.querySelector('ul') ?? host.appendChild(h('ul', { class: 'lines' }));
      const known = new Map(alarms.map((alarm) => [alarm.name, alarm]));
      render(
        list,
        ...widget.names.map((name) => {
          const alarm = known.get(name);
          return alarm
            ? alarmLine(alarm, this.#place, this.#range.toMs)
            : h('li', { class: 'muted' }, `${name}: no such alarm on this stage`);
        }),
      );
    }
    if (widget.kind === 'number') {
      const list = host.querySelector('dl') ?? host.appendChild(h('dl', { class: 'numbers' }));
      const [, ...columns] = this.#buffer.data(widget.lines);
      render(
        list,
        ...widget.lines.map(({ label }, index) => {
          const value = newest(columns[index] ?? []);
          return h('div', {}, h('dt', {}, label), h('dd', {}, value === null ? '–' : number(value)));
        }),
      );
    }
  }

  #drawPlot(drawn: DrawnPlot): void {
    if (!this.#live) return;
    const { stage, running = [], runs = [] } = this.#live.feed;
    const marks = stage ? marksOf(running, runs, stage, this.#range.toMs) : [];
    const shown = JSON.stringify([this.#buffer.revision, this.#range, marks]);
    if (drawn.shown !== shown) {
      drawn.shown = shown;
      drawn.columns = this.#buffer.data(drawn.view.lines);
      drawn.plot.update(drawn.columns, this.#range, marks);
    }
    drawn.plot.bringOut(this.#place.system);
    this.#updateLegend(drawn);
  }

  #updateLegend({ columns, legend, cursor }: DrawnPlot): void {
    legend.update(
      columns.slice(1).map((values) => (cursor === null ? newest(values) : values[cursor])),
      this.#place.system,
    );
  }
}

/** The newest value that there is, of the last few. */
function newest(values: ArrayLike<number | null | undefined>): number | null {
  for (let index = values.length - 1; index >= Math.max(0, values.length - 3); index -= 1) {
    const value = values[index];
    if (typeof value === 'number') return value;
  }
  return null;
}

/** The server rendered it from the dashboard's Markdown, with HTML in it shown as text. */
function proseOf(html: string): HTMLElement {
  const prose = h('div', { class: 'prose' });
  prose.innerHTML = html;
  return prose;
}
