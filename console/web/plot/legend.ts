import type { LineView } from '../../wire.ts';
import { chip, h } from '../dom.ts';
import { number } from '../format.ts';

/** The lines of a plot with a value each: that under the cursor, or the newest. */
export class Legend {
  readonly element = h('ul', { class: 'legend' });
  readonly #rows: { label: string; item: HTMLElement; value: HTMLElement }[];

  constructor(lines: readonly LineView[]) {
    this.#rows = lines.map(({ label, color }) => {
      const value = h('span', { class: 'value' });
      return {
        label,
        value,
        item: h('li', { 'data-system': label }, chip(color), h('span', {}, label), value),
      };
    });
    this.element.append(...this.#rows.map(({ item }) => item));
    if (lines.length > 12) {
      this.element.classList.add('long');
      this.element.tabIndex = 0;
      this.element.setAttribute('aria-label', 'Legend');
    }
  }

  /** Follows every move of the cursor, on every plot: it changes only what differs. */
  update(values: readonly (number | null | undefined)[], system: string | null): void {
    this.#rows.forEach(({ label, item, value }, index) => {
      const current = values[index];
      const text = typeof current === 'number' ? number(current) : '–';
      if (value.textContent !== text) value.textContent = text;
      item.classList.toggle('faded', system !== null && label !== system);
    });
  }
}
