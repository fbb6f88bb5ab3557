import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { DrillResult, SeenSystem } from '../../../records/drill.ts';
import { worstSeen } from '../../../records/drillAxis.ts';
import { duration } from '../format.ts';
import { axisTicks, pictureOf, type DrillPicture, type PictureRow } from './drillRows.ts';
import { heading } from './parts.ts';

/** What a drill saw, on one time axis with its fault: the system that failed first, the others to be opened. */
export function drillPicture(drill: DrillResult): TemplateResult | typeof nothing {
  const worst = worstSeen(drill);
  if (!worst) return nothing;
  const others = (drill.seen ?? []).filter((seen) => seen !== worst);
  return html`
    ${heading(`${drill.drill}: what was seen`, stepsOf(drill.timeline))} ${figureOf(drill, worst)}
    ${
      others.length > 0
        ? html`<details class="other-systems">
            <summary>
              ${others.length === 1 ? 'The other system' : `The other ${others.length} systems`}
            </summary>
            ${others.map((seen) => figureOf(drill, seen))}
          </details>`
        : nothing
    }
  `;
}

const stepsOf = (timeline: DrillResult['timeline']): string =>
  timeline
    .map(({ step, start, end }) => `${step} ${duration(Date.parse(end) - Date.parse(start))}`)
    .join(', ');

function figureOf(drill: DrillResult, seen: SeenSystem): TemplateResult | typeof nothing {
  const picture = pictureOf(drill, seen);
  if (!picture) return nothing;
  const { system, seconds, rows } = picture;
  return html`<figure class="drill-picture">
    <figcaption>${system}<span class="unit">seconds since the drill began</span></figcaption>
    ${rows.map((row) => rowOf(row, picture))}
    <div class="axis" aria-hidden="true">
      ${axisTicks(seconds).map(
        (second) => html`<span .style=${`left: ${(100 * second) / seconds}%`}>${second}</span>`,
      )}
    </div>
  </figure>`;
}

/** Stretched to the page's width: whatever has words stands beside it. */
const rowOf = (row: PictureRow, { system, seconds, fault }: DrillPicture): TemplateResult =>
  html`<div class="row">
    <span class="label" aria-hidden="true">${row.label}</span>
    <svg
      class=${row.label === 'fault' ? 'fault' : row.kind}
      viewBox="0 0 ${seconds} 1"
      preserveAspectRatio="none"
      role="img"
    >
      <title>${system}: ${row.label}</title>
      <desc>${row.note}</desc>
      ${
        fault && row.label !== 'fault'
          ? svg`<rect class="during" x=${fault.from} y="0" width=${fault.to - fault.from} height="1"></rect>`
          : nothing
      }
      <path d=${pathOf(row, false)}></path>
      <path class="lesser" d=${pathOf(row, true)}></path>
      ${
        row.limitHeight === null
          ? nothing
          : svg`<line class="limit" x1="0" x2=${seconds} y1=${1 - row.limitHeight} y2=${1 - row.limitHeight}></line>`
      }
    </svg>
    <span class="note" aria-hidden="true">${row.note}</span>
  </div>`;

const pathOf = ({ stretches }: PictureRow, isLesser: boolean): string =>
  stretches
    .filter((stretch) => stretch.isLesser === isLesser)
    .map(({ from, to, height }) => `M${from} 1V${1 - height}H${to}V1Z`)
    .join('');
