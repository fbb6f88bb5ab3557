import { html, nothing } from 'lit-html';
import type uPlot from 'uplot';
import type { LineView } from '../../wire.ts';
import { chip, elementOf, show } from '../dom.ts';
import { number, time } from '../format.ts';

/** Lines that a reader takes in at once. */
const shownLines = 10;

/** The values under the cursor, the highest first. */
export class Tooltip {
  readonly #element = elementOf(html`<div class="tooltip" role="status" hidden></div>`);
  readonly #lines: readonly LineView[];

  constructor(over: HTMLElement, lines: readonly LineView[]) {
    this.#lines = lines;
    over.append(this.#element);
  }

  show(u: uPlot, index: number, nearest: number | null): void {
    const rows = this.#lines
      .map((line, position) => ({ line, series: position + 1, value: u.data[position + 1]?.[index] }))
      .filter((row) => typeof row.value === 'number')
      .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
    // What the cursor points at is always among them.
    const pointed = rows.findIndex(({ series }) => series === nearest);
    const shown = rows.slice(0, shownLines);
    const [own] = rows.slice(pointed, pointed + 1);
    if (pointed >= shownLines && own) shown[shownLines - 1] = own;
    const hidden = rows.length - shown.length;
    show(
      this.#element,
      html`<b>${time((u.data[0][index] ?? 0) * 1_000)} UTC</b> ${shown.map(
          ({ line, series, value }) =>
            html`<span class=${series === nearest ? 'row nearest' : 'row'}>
              ${chip(line.color)}<span>${line.label}</span><span class="value">${number(value ?? 0)}</span>
            </span>`,
        )}
        ${rows.length === 0 ? html`<span class="muted">no data</span>` : nothing}
        ${hidden > 0 ? html`<span class="muted">and ${hidden} lower</span>` : nothing}`,
    );
    this.#element.hidden = false;
    this.#place(u);
  }

  hide(): void {
    this.#element.hidden = true;
  }

  /** On the side of the cursor where there is more room. */
  #place(u: uPlot): void {
    const { left = 0 } = u.cursor;
    const width = u.over.clientWidth;
    const own = this.#element.offsetWidth;
    const wanted = left > width / 2 ? left - own - 14 : left + 14;
    this.#element.style.left = `${Math.min(Math.max(wanted, -46), Math.max(width - own, -46))}px`;
  }
}
