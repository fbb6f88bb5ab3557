import { html, nothing } from 'lit-html';
import type { LineView } from '../../wire.ts';
import { chip, elementOf, show } from '../dom.ts';
import { number } from '../format.ts';

/** More than are seen at once: then it scrolls, also by keyboard. */
const longLines = 12;

/** The lines of a plot with a value each: that under the cursor, or the newest. */
export class Legend {
  readonly element: HTMLElement;
  readonly #lines: readonly LineView[];

  constructor(lines: readonly LineView[]) {
    this.#lines = lines;
    this.element = elementOf(
      lines.length > longLines
        ? html`<ul class="legend long" tabindex="0" aria-label="Legend"></ul>`
        : html`<ul class="legend"></ul>`,
    );
    this.update([], null);
  }

  /** Follows every move of the cursor, on every plot. */
  update(values: readonly (number | null | undefined)[], system: string | null): void {
    show(
      this.element,
      this.#lines.map(({ label, color }, index) => {
        const value = values[index];
        const isFaded = system !== null && label !== system;
        return html`<li class=${isFaded ? 'faded' : nothing} data-system=${label}>
          ${chip(color)}<span>${label}</span>
          <span class="value">${typeof value === 'number' ? number(value) : '–'}</span>
        </li>`;
      }),
    );
  }
}
