import { html, nothing } from 'lit-html';
import type { LineView } from '../../wire.ts';
import { chip, elementOf, show } from '../dom.ts';
import { number } from '../format.ts';
import { manyLines } from './outstanding.ts';

export interface LegendState {
  /** Under the cursor, or the newest. */
  values: readonly (number | null | undefined)[];
  /** The system that is brought out. */
  system: string | null;
  /** Whether a line has a colour of its own. */
  stands: (line: number) => boolean;
}

/** The lines of a plot with a value each; of many those that stand out and the highest. */
export class Legend {
  readonly element = elementOf(html`<ul class="legend"></ul>`);
  readonly #lines: readonly LineView[];

  constructor(lines: readonly LineView[]) {
    this.#lines = lines;
    this.update({ values: [], system: null, stands: () => true });
  }

  /** Follows every move of the cursor, on every plot. */
  update({ values, system, stands }: LegendState): void {
    const rows = this.#lines.map(({ label, color }, line) => ({
      label,
      value: values[line],
      color: stands(line) ? color : null,
    }));
    const shown = rows.length > manyLines ? first(rows) : rows;
    const hidden = rows.length - shown.length;
    show(
      this.element,
      html`${shown.map(({ label, value, color }) => {
        const isFaded = system !== null && label !== system;
        return html`<li class=${isFaded ? 'faded' : nothing} data-system=${label}>
          ${chip(color)}<span>${label}</span>
          <span class="value">${typeof value === 'number' ? number(value) : '–'}</span>
        </li>`;
      })}
      ${hidden > 0 ? html`<li class="rest">and ${hidden} lower</li>` : nothing}`,
    );
  }
}

interface Row {
  label: string;
  value: number | null | undefined;
  color: string | null;
}

/** Those that stand out, then the highest. */
const first = (rows: readonly Row[]): Row[] =>
  rows
    .toSorted(
      (a, b) =>
        Number(b.color !== null) - Number(a.color !== null) ||
        (b.value ?? -Infinity) - (a.value ?? -Infinity),
    )
    .slice(0, manyLines);
