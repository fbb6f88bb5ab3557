import { html, nothing, type TemplateResult } from 'lit-html';
import type uPlot from 'uplot';
import type { DashboardView, LineView, PlotView, WidgetView } from '../../wire.ts';
import { elementOf, plotCanvas, show } from '../dom.ts';
import type { Live } from '../feed.ts';
import { number } from '../format.ts';
import { readPlace, type Place } from '../location.ts';
import { Legend } from '../plot/legend.ts';
import { marksOf } from '../plot/marks.ts';
import { readTheme } from '../plot/theme.ts';
import { TimePlot } from '../plot/timePlot.ts';
import { SeriesBuffer } from '../series.ts';
import { alarmLines } from './parts.ts';

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
  readonly element = elementOf(html`<div class="grid"></div>`);
  readonly #widgets: readonly WidgetView[];
  readonly #buffer: SeriesBuffer;
  readonly #onZoom: (range: Range) => void;
  /** The figures of the plots. */
  readonly #hosts: ReadonlyMap<Element, WidgetView & { kind: 'plot' }>;
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
    this.#widgets = dashboard.widgets.toSorted((a, b) => a.y - b.y || a.x - b.x);
    this.#show();
    this.#hosts = new Map(
      [...this.element.children].flatMap((host, index) => {
        const widget = this.#widgets[index];
        return widget?.kind === 'plot' ? [[host, widget]] : [];
      }),
    );
    for (const host of this.#hosts.keys()) this.#observer.observe(host);
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
    this.#show();
    for (const drawn of this.#drawn.values()) this.#drawPlot(drawn);
  }

  /** Draws everything anew, in the colours of the reader's system. */
  changeTheme(): void {
    this.#theme = readTheme();
    for (const [host, widget] of this.#hosts) {
      if (!this.#drawn.has(host)) continue;
      this.#remove(host);
      this.#create(host, widget);
    }
  }

  destroy(): void {
    this.#observer.disconnect();
    for (const host of this.#drawn.keys()) this.#remove(host);
  }

  /** Everything but the plots, which are drawn behind the captions of their figures. */
  #show(): void {
    show(
      this.element,
      this.#widgets.map(
        (widget) =>
          html`<figure class="widget ${widget.kind}" .style=${placeOnGrid(widget)}>
            ${captionOf(widget)}${this.#contentOf(widget)}
          </figure>`,
      ),
    );
  }

  #contentOf(widget: WidgetView): TemplateResult | typeof nothing {
    switch (widget.kind) {
      case 'plot':
        return nothing;
      case 'text':
        // The server rendered it from the dashboard's Markdown, with HTML in it shown as text.
        return html`<div class="prose" .innerHTML=${widget.html}></div>`;
      case 'refused':
        return html`<p class="empty">${widget.reason}</p>`;
      case 'alarms':
        return html`<ul class="lines">
          ${this.#alarmsOf(widget.names)}
        </ul>`;
      case 'number':
        return html`<dl class="numbers">${this.#numbersOf(widget.lines)}</dl>`;
    }
  }

  #alarmsOf(names: readonly string[]): TemplateResult | typeof nothing {
    const alarms = this.#live?.feed.alarms;
    if (!alarms) return nothing;
    const known = new Map(alarms.map((alarm) => [alarm.name, alarm]));
    const unknown = names.filter((name) => !known.has(name));
    return html`
      ${alarmLines(
        names.flatMap((name) => known.get(name) ?? []),
        this.#place,
        this.#range.toMs,
      )}
      ${unknown.map((name) => html`<li class="muted">${name}: no such alarm on this stage</li>`)}
    `;
  }

  #numbersOf(lines: readonly LineView[]): TemplateResult[] {
    const [, ...columns] = this.#buffer.data(lines);
    return lines.map(({ label }, index) => {
      const value = newest(columns[index] ?? []);
      return html`<div>
        <dt>${label}</dt>
        <dd>${value === null ? '–' : number(value)}</dd>
      </div>`;
    });
  }

  #onVisible(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const widget = this.#hosts.get(target);
      if (!widget) continue;
      if (!isIntersecting) this.#remove(target);
      else if (!this.#drawn.has(target)) this.#create(target, widget);
    }
  }

  #create(host: Element, { title, plot: view }: WidgetView & { kind: 'plot' }): void {
    const canvas = plotCanvas(title);
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

/** CloudWatch's grid counts from 0, CSS from 1. */
const placeOnGrid = ({ x, y, width, height }: WidgetView): string =>
  `grid-column: ${x + 1} / span ${width}; grid-row: ${y + 1} / span ${height}`;

function captionOf(widget: WidgetView): TemplateResult | typeof nothing {
  if (widget.title === '') return nothing;
  const units =
    widget.kind === 'plot' ? [widget.plot.left.label, widget.plot.right?.label].filter(Boolean) : [];
  return html`<figcaption>${widget.title}<span class="unit">${units.join(' · ')}</span></figcaption>`;
}
