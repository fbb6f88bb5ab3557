import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import { likelyMultiple, type PicturedSystem } from '../../../records/headroomPicture.ts';
import { questionTitle } from '../../../records/questionTitles.ts';
import { number, percent } from '../format.ts';
import { keyed } from './parts.ts';

/** The drawing's own units; the figure scales it. */
const size = { width: 440, height: 250 } as const;
const inner = { left: 38, right: 12, top: 14, bottom: 36 } as const;

const plotWidth = size.width - inner.left - inner.right;
const plotHeight = size.height - inner.top - inner.bottom;

/**
 * What the resource that binds first used at which load: the measured points, the law that fits them, the limit, and the
 * interval of loads at which the law reaches it. Nothing for a verdict that does not tell.
 */
export function useOverLoadPlot({ system, likely, uses, useOverLoad }: PicturedSystem): TemplateResult[] {
  const limit = uses.find(({ signal }) => signal === useOverLoad?.signal)?.limit;
  if (!useOverLoad || limit === undefined) return [];
  const { signal: resource, points, fit } = useOverLoad;
  const seen = Math.max(1, ...points.map(({ load }) => load));
  const endLoad = 1.05 * Math.max(seen, ...(fit ?? []).map(({ load }) => load));
  const top = Math.max(100, ...points.map((point) => point.percent));
  const x = (load: number): number => inner.left + (Math.min(load, endLoad) / endLoad) * plotWidth;
  const y = (used: number): number => inner.top + (1 - Math.min(used, top) / top) * plotHeight;
  const title = `${questionTitle(resource)} of ${system}`;
  return [
    html`<figure class="use-over-load">
      <figcaption>${title}<span class="unit">% over multiples of the peak</span></figcaption>
      <svg viewBox="0 0 ${size.width} ${size.height}" role="img">
        <title>${title} over its load</title>
        <desc>${describe(points, limit, likely)}</desc>
        ${axes(endLoad, top, x, y)} ${likely ? band(likely, x) : nothing}
        ${fit ? curve(fit, seen, x, y) : nothing}
        <line
          class="limit"
          x1=${inner.left}
          x2=${size.width - inner.right}
          y1=${y(limit)}
          y2=${y(limit)}
        ></line>
        <text class="limit" x=${inner.left + 4} y=${y(limit) - 5}>limit ${percent(limit)}</text>
        <line class="peak" x1=${x(1)} x2=${x(1)} y1=${inner.top} y2=${size.height - inner.bottom}></line>
        ${points.map(
          ({ load, percent: used, held }) =>
            svg`<circle class=${held ? 'held' : 'ramp'} cx=${x(load)} cy=${y(used)} r="3.5"></circle>`,
        )}
        ${likely ? crossing(likely, limit, endLoad, x, y) : nothing}
      </svg>
      <p class="legend-line muted">
        ${keyed('held', 'held')} ${keyed('ramp', 'in the ramp')}
        ${fit ? keyed('fit', 'fitted curve') : html`<span>no law: it grew under constant load</span>`}
        ${likely ? keyed('band', 'where it reaches the limit (95 %)') : nothing}
      </p>
    </figure>`,
  ];
}

type At = (value: number) => number;

/** Whole multiples, or halves of a short axis; percent in fifths. */
function axes(endLoad: number, top: number, x: At, y: At): SVGTemplateResult {
  const step = [0.5, 1, 2, 5].find((one) => endLoad / one <= 7) ?? 10;
  const loads = Array.from({ length: Math.floor(endLoad / step) + 1 }, (_, index) => index * step);
  const shares = Array.from({ length: Math.floor(top / 20) + 1 }, (_, index) => index * 20);
  const bottom = size.height - inner.bottom;
  return svg`
    ${shares.map(
      (share) => svg`
        <line class="level" x1=${inner.left} x2=${size.width - inner.right} y1=${y(share)} y2=${y(share)}></line>
        <text class="tick" x=${inner.left - 6} y=${y(share) + 4} text-anchor="end">${share}</text>`,
    )}
    ${loads.map((load) => svg`<text class="tick" x=${x(load)} y=${bottom + 15} text-anchor="middle">${load === 1 ? '1 ×' : load}</text>`)}
    <text class="tick" x=${x(1)} y=${bottom + 29} text-anchor="middle">the peak</text>
  `;
}

const band = ({ low, high }: NonNullable<PicturedSystem['likely']>, x: At): SVGTemplateResult =>
  svg`<rect class="band" x=${x(low)} width=${Math.max(1, x(high ?? Infinity) - x(low))} y=${inner.top} height=${plotHeight}></rect>`;

/** Solid as far as was seen, dashed beyond. */
function curve(
  fit: NonNullable<NonNullable<PicturedSystem['useOverLoad']>['fit']>,
  seen: number,
  x: At,
  y: At,
) {
  const path = (those: typeof fit): string =>
    those.map(({ load, percent: used }, index) => `${index === 0 ? 'M' : 'L'}${x(load)} ${y(used)}`).join('');
  const beyond = fit.findIndex(({ load }) => load > seen);
  const edge = beyond === -1 ? fit.length : beyond;
  return svg`
    <path class="fit" d=${path(fit.slice(0, edge + 1))}></path>
    <path class="fit beyond" d=${path(fit.slice(Math.max(0, edge)))}></path>
  `;
}

function crossing(
  likely: NonNullable<PicturedSystem['likely']>,
  limit: number,
  endLoad: number,
  x: At,
  y: At,
) {
  if (likely.value > endLoad) return nothing;
  const isRight = x(likely.value) > size.width / 2;
  return svg`
    <circle class="crossing" cx=${x(likely.value)} cy=${y(limit)} r="5"></circle>
    <text class="crossing" x=${x(likely.value) + (isRight ? -8 : 8)} y=${y(limit) - 9} text-anchor=${isRight ? 'end' : 'start'}>${likelyMultiple(likely)}</text>
  `;
}

/** For who does not see it. */
function describe(
  points: NonNullable<PicturedSystem['useOverLoad']>['points'],
  limit: number,
  likely: PicturedSystem['likely'],
): string {
  const [first, last] = [points[0], points.at(-1)];
  const seen =
    first && last
      ? `${percent(first.percent)} at ${number(first.load)} × of the peak, ${percent(last.percent)} at ${number(last.load)} ×`
      : 'nothing measured';
  return `${seen}; limit ${percent(limit)}${likely ? `, likely reached at ${likelyMultiple(likely)}` : ''}`;
}
