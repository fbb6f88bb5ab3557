import { html, nothing, type TemplateResult } from 'lit-html';
import {
  atLeastMultiple,
  headroomPicture,
  multiple,
  type HeadroomPicture,
  type PicturedSystem,
  type PicturedUse,
} from '../../../records/headroomPicture.ts';
import { questionTitle } from '../../../records/questionTitles.ts';
import type { VerdictFile } from '../../../records/verdict.ts';
import { bar } from '../dom.ts';
import { percent } from '../format.ts';
import { keyed } from './parts.ts';
import { useOverLoadPlot } from './useOverLoad.ts';

/** Beyond so many, a narrow page leaves out what is far from its limit. */
const fewSystems = 3;

/**
 * The headroom of every system in one picture: how many times its peak it carries, what each resource used at the peak
 * against its limit, and over the load what binds first. The least first; of many the worst ten, the rest on demand.
 */
export function headroomChart(verdict: VerdictFile): TemplateResult | typeof nothing {
  const picture = headroomPicture(verdict);
  if (!picture) return nothing;
  const { systems, shown } = picture;
  const first = systems.slice(0, shown);
  const rest = systems.slice(shown);
  const [worst] = first;
  const plots = first.flatMap((system) => (system === worst ? [] : useOverLoadPlot(system)));
  return html`
    <div class="headroom">
      <figure class="multiples">
        <figcaption>How many times its peak each system carries</figcaption>
        ${legend} ${multiples(first, picture, rest.length > 0 ? spread(picture) : nothing)}
      </figure>
      ${worst ? useOverLoadPlot(worst) : nothing}
    </div>
    <figure class="uses">
      <figcaption>
        What each resource used at the peak<span class="unit"
          >the worst period of the hold, in percent; the limit is marked, ▸ binds first</span
        >
      </figcaption>
      ${usesTable(first)}
    </figure>
    ${
      rest.length > 0
        ? html`<details>
            <summary>The other ${rest.length} systems</summary>
            <figure class="multiples">${multiples(rest, picture)}</figure>
            <figure class="uses">${usesTable(rest)}</figure>
          </details>`
        : nothing
    }
    ${
      plots.length > 0
        ? html`<details class="more-plots">
            <summary>
              Use over load of ${plots.length === 1 ? 'the other system' : `${plots.length} more systems`}
            </summary>
            <div class="plots">${plots}</div>
          </details>`
        : nothing
    }
  `;
}

const legend = html`<p class="legend-line muted">
  ${keyed('solid', 'at least, with 95 % confidence and the 20 % reserve')}
  ${keyed('range', 'where the first limit is likely')} ${keyed('peak', 'the peak')}
</p>`;

const multiples = (
  systems: readonly PicturedSystem[],
  picture: HeadroomPicture,
  last: TemplateResult | typeof nothing = nothing,
): TemplateResult => html`
  <ul class="bars">
    <li class="scale" aria-hidden="true">
      <span></span>
      <span class="track">${ticks(picture)}</span>
    </li>
    ${systems.map((system) => multiplesRow(system, picture))} ${last}
  </ul>
`;

const ticks = ({ axisEnd }: HeadroomPicture): TemplateResult[] =>
  Array.from(
    { length: axisEnd + 1 },
    (_, value) => html`<i .style=${`left: ${(100 * value) / axisEnd}%`}>${value === 1 ? '1 ×' : value}</i>`,
  );

const multiplesRow = (
  { system, atLeast, likely, summary }: PicturedSystem,
  picture: HeadroomPicture,
): TemplateResult =>
  html`<li>
    <span class="name">${system}</span>
    ${track(picture, likely, atLeast)}
    <span class="words">${summary}</span>
  </li>`;

/** All systems in a row, as far as their bounds reach. */
function spread(picture: HeadroomPicture): TemplateResult {
  const { lowest, median, highest } = picture.spread;
  return html`<li>
    <span class="name">all ${picture.systems.length}</span>
    ${track(picture, { value: median, low: lowest, high: highest })}
    <span class="words muted"
      >at least ${atLeastMultiple(lowest)} to ${multiple(highest)}, the median ${multiple(median)}; above are
      ${picture.shown}</span
    >
  </li>`;
}

/** A row's axis: a bar, where it has one, an interval with the point in it, where that is known, and the peak. */
function track(
  { axisEnd }: HeadroomPicture,
  interval: PicturedSystem['likely'],
  barEnd?: number,
): TemplateResult {
  const at = (value: number): number => Math.min(100, (100 * value) / axisEnd);
  return html`<span class="track" aria-hidden="true">
    ${barEnd === undefined ? nothing : html`<i class="solid" .style=${`width: ${at(barEnd)}%`}></i>`}
    ${
      interval === null
        ? nothing
        : html`<i
              class=${interval.high === null ? 'range open' : 'range'}
              .style=${`left: ${at(interval.low)}%; right: ${100 - at(interval.high ?? axisEnd)}%`}
            ></i
            ><i class="dot" .style=${`left: ${at(interval.value)}%`}></i>`
    }
    <i class="peak" .style=${`left: ${at(1)}%`}></i>
  </span>`;
}

const usesTable = (systems: readonly PicturedSystem[]): TemplateResult => html`
  <table class=${systems.length > fewSystems ? 'systems many' : 'systems'}>
    <thead>
      <tr>
        <th scope="col">System</th>
        ${systems[0]?.uses.map(({ signal }) => html`<th scope="col" class="figure">${questionTitle(signal)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${systems.map(
        ({ system, uses }) =>
          html`<tr>
            <th scope="row">${system}</th>
            ${uses.map(useCell)}
          </tr>`,
      )}
    </tbody>
  </table>
`;

function useCell({ signal, percent: used, limit, verdict, bindsFirst }: PicturedUse): TemplateResult {
  const state = used === null ? 'none' : verdict === 'fail' ? 'over' : '';
  return html`<td
    class="figure ${state} ${bindsFirst ? 'binds' : used === null || used < limit / 2 ? 'far' : ''}"
    data-title=${questionTitle(signal)}
    title="limit ${percent(limit)}${bindsFirst ? ', binds first' : ''}"
  >
    <span>${used === null ? 'no data' : percent(used)}</span
    >${bindsFirst ? html`<span class="visually-hidden">, binds first</span>` : nothing}${
      state === 'over' ? html`<span class="visually-hidden">, over the limit</span>` : nothing
    }${bar(used ?? 0, limit)}
  </td>`;
}
