import type { LineView } from '../../wire.ts';
import { chip, h, render } from '../dom.ts';
import { number } from '../format.ts';

/** The lines of a plot with a value each: that under the cursor, or the newest. */
export class Legend {
  readonly element = h('ul', { class: 'legend' });
  readonly #lines: readonly LineView[];

  constructor(lines: readonly LineView[]) {
    this.#lines = lines;
    if (lines.length > 12) {
      this.element.tabIndex = 0;
      this.element.setAttribute('aria-label', 'Legend');
    }
  }

  update(values: readonly (number | null | undefined)[], system: string | null): void {
    render(
      this.element,
      ...this.#lines.map(({ label, color }, index) => {
        const value = values[index];
        const faded = system !== null && label !== system;
        return h(
          'li',
          { 'data-system': label, class: faded ? 'faded' : undefined },
          chip(color),
          h('span', {}, label),
          h('span', { class: 'value' }, typeof value === 'number' ? number(value) : '–'),
        );
      }),
    );
  }
}
