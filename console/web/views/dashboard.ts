import { html, nothing, type TemplateResult } from 'lit-html';
import type uPlot from 'uplot';
import type { DashboardView, LineView, PlotView, WidgetView } from '../../wire.ts';
import { elementOf, plotCanvas, show } from '../dom.ts';
import type { Live } from '../feed.ts';
import { number } from '../format.ts';
import { readPlace, type Place } from '../location.ts';
import { Legend } from '../plot/legend.ts';
import { marksOf } from '../plot/marks.ts';
import { newest } from '../plot/outstanding.ts';
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

/** So many are all listed; of more those that are not ok, the rest counted. */
const fewAlarms = 12;
const mostAlarms = 60;

/** Tiles beside each other, and the rows of the grid that a line of them takes, or an alarm with its reason. */
const tilesALine = 12;
const rowsATileLine = 0.5;
const rowsAnAlarm = 0.75;

/** Links to the other dashboards, and nothing else: here they are in the page's header. */
const isNavigation = (widget: WidgetView): boolean =>
  widget.kind === 'text' &&
  /^[\s·]*$/.test(widget.html.replaceAll(/<a href="#[^>]*>[^<]*<\/a>/g, '').replaceAll(/<[^>]*>/g, ''));

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
    this.#widgets = dashboard.widgets
      .filter((widget) => !isNavigation(widget))
      .toSorted((a, b) => a.y - b.y || a.x - b.x);
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
    const places = closedUp(this.#widgets, (widget) => this.#rowsNeeded(widget));
    show(
      this.element,
      this.#widgets.map(
        (widget, index) =>
          html`<figure class="widget ${widget.kind}" .style=${placeOnGrid(places[index] ?? widget)}>
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

  /** Tiles of many alarms take less than a line each, which is what CloudWatch keeps free for them. */
  #rowsNeeded(widget: WidgetView): number {
    const alarms = this.#live?.feed.alarms;
    if (widget.kind !== 'alarms' || widget.names.length <= fewAlarms || !alarms) return widget.height;
    const wanted = new Set(widget.names);
    const troubled = alarms.filter(({ name, state }) => wanted.has(name) && state !== 'OK').length;
    const tileLines = Math.ceil((wanted.size - troubled) / tilesALine);
    const rows = Math.min(troubled, mostAlarms) * rowsAnAlarm + tileLines * rowsATileLine;
    return Math.min(widget.height, 1 + Math.ceil(rows));
  }

  #alarmsOf(names: readonly string[]): TemplateResult | typeof nothing {
    const alarms = this.#live?.feed.alarms;
    if (!alarms) return nothing;
    const wanted = new Set(names);
    // The stage tells them with those that went off first.
    const own = alarms.filter(({ name }) => wanted.has(name));
    const known = new Set(own.map(({ name }) => name));
    const unknown = names.filter((name) => !known.has(name));
    const troubled = own.filter(({ state }) => state !== 'OK');
    const calm = own.filter(({ state }) => state === 'OK');
    const isShort = own.length <= fewAlarms;
    return html`
      ${alarmLines(isShort ? own : troubled.slice(0, mostAlarms), this.#place, this.#range.toMs)}
      ${unknown.map((name) => html`<li class="muted">${name}: no such alarm on this stage</li>`)}
      ${
        isShort
          ? nothing
          : html`<li class="tiles">
              ${troubled.length > mostAlarms ? html`<span class="muted">and ${troubled.length - mostAlarms} more</span>` : nothing}
              <span class="muted">${calm.length} of ${own.length} ok:</span>
              ${calm.map(({ system, title }) => html`<span class="badge ok">${system ?? title}</span>`)}
            </li>`
      }
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
    const { stage, running = [], runs = [], systems = [] } = this.#live.feed;
    const troubled = systems.flatMap(({ name, state }) => (state === 'ALARM' ? [name] : []));
    const marks = stage ? marksOf(running, runs, stage, this.#range.toMs) : [];
    const shown = JSON.stringify([this.#buffer.revision, this.#range, marks, troubled]);
    if (drawn.shown !== shown) {
      drawn.shown = shown;
      drawn.columns = this.#buffer.data(drawn.view.lines);
      drawn.plot.update(drawn.columns, this.#range, marks, new Set(troubled));
    }
    drawn.plot.bringOut(this.#place.system);
    this.#updateLegend(drawn);
  }

  #updateLegend({ columns, legend, cursor, plot }: DrawnPlot): void {
    legend.update({
      values: columns.slice(1).map((values) => (cursor === null ? newest(values) : values[cursor])),
      system: this.#place.system,
      stands: (line) => plot.stands(line),
    });
  }
}

type GridPlace = Pick<WidgetView, 'x' | 'y' | 'width' | 'height'>;

/** Where widgets of the whole width need less than they have, what is below them moves up. */
function closedUp(widgets: readonly WidgetView[], needed: (widget: WidgetView) => number): GridPlace[] {
  // The first row may have been of what is shown elsewhere.
  let saved = Math.min(...widgets.map(({ y }) => y));
  return widgets.map((widget) => {
    const { x, y, width, height } = widget;
    const own = width === gridColumns ? needed(widget) : height;
    const place = { x, y: y - saved, width, height: own };
    saved += height - own;
    return place;
  });
}

const gridColumns = 24;

/** CloudWatch's grid counts from 0, CSS from 1. */
const placeOnGrid = ({ x, y, width, height }: GridPlace): string =>
  `grid-column: ${x + 1} / span ${width}; grid-row: ${y + 1} / span ${height}`;

function captionOf(widget: WidgetView): TemplateResult | typeof nothing {
  if (widget.title === '') return nothing;
  const units =
    widget.kind === 'plot' ? [widget.plot.left.label, widget.plot.right?.label].filter(Boolean) : [];
  return html`<figcaption>${widget.title}<span class="unit">${units.join(' · ')}</span></figcaption>`;
}
