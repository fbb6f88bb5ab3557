import type uPlot from 'uplot';
import type { PlotView } from '../../wire.ts';
import type { Mark } from './marks.ts';
import type { Theme } from './theme.ts';

const font = (): string => `${11 * devicePixelRatio}px system-ui, sans-serif`;

/** Runs, holds and faults, behind the lines. */
export function drawMarks(u: uPlot, marks: readonly Mark[], theme: Theme): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const { kind, startMs, endMs } of marks) {
    const x = u.valToPos(startMs / 1_000, 'x', true);
    const end = u.valToPos(endMs / 1_000, 'x', true);
    if (end < left || x > left + width) continue;
    ctx.fillStyle = kind === 'fault' ? theme.fault : theme.load;
    ctx.globalAlpha = { load: 0.07, drill: 0.07, hold: 0.08, fault: 0.16 }[kind];
    ctx.fillRect(x, top, Math.max(end - x, devicePixelRatio), height);
    ctx.globalAlpha = 0.55;
    ctx.fillRect(x, top, devicePixelRatio, height);
  }
  ctx.restore();
}

/** Limits with their labels, moments, and the names of marks: on top of the lines. */
export function drawAnnotations(u: uPlot, view: PlotView, marks: readonly Mark[], theme: Theme): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  const px = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.font = font();
  ctx.lineWidth = px;
  ctx.setLineDash([5 * px, 4 * px]);
  const labels: Label[] = [];
  for (const { value, label, axis, color: own } of view.horizontal) {
    const color = readable(own ?? theme.limit, theme);
    const y = u.valToPos(value, axis, true);
    line(ctx, [left, y], [left + width, y], color);
    const labelY = y - 4 * px < top + 10 * px ? y + 12 * px : y - 4 * px;
    text(ctx, label, left + 4 * px, labelY, color, theme.surface);
    labels.push({ from: left, to: left + 8 * px + ctx.measureText(label).width, y: labelY });
  }
  for (const { timeMs, label, color } of view.vertical) {
    const x = u.valToPos(timeMs / 1_000, 'x', true);
    line(ctx, [x, top], [x, top + height], color ?? theme.muted);
    text(ctx, label, x + 4 * px, top + height - 6 * px, readable(color ?? theme.muted, theme), theme.surface);
  }
  drawNames(u, marks, labels, theme);
  ctx.restore();
}

/** Where a text stands, on its base line. */
interface Label {
  from: number;
  to: number;
  y: number;
}

/** Names of marks in so many rows at most, so that a drill's and its fault's don't cover each other. */
const nameRows = 3;

const rowHeight = 13;

/**
 * The newest first: where there is no room for all names, what runs now has one. None covers another, nor a limit's
 * label.
 */
function drawNames(u: uPlot, marks: readonly Mark[], labels: readonly Label[], theme: Theme): void {
  const { ctx } = u;
  const { left, top, width } = u.bbox;
  const px = devicePixelRatio;
  const rows = Array.from({ length: nameRows }, (_, row) => top + (12 + rowHeight * row) * px);
  const taken = [...labels];
  for (const { label, kind, startMs, endMs } of marks.toSorted((a, b) => b.startMs - a.startMs)) {
    const start = u.valToPos(startMs / 1_000, 'x', true);
    if (u.valToPos(endMs / 1_000, 'x', true) < left || start > left + width) continue;
    const textWidth = ctx.measureText(label).width;
    const from = Math.min(Math.max(left, start), left + width - textWidth - 8 * px) + 4 * px;
    const to = from + textWidth + 6 * px;
    const isFree = (y: number): boolean =>
      taken.every(
        (other) => other.to <= from || other.from >= to || Math.abs(other.y - y) > (rowHeight - 1) * px,
      );
    const y = rows.find(isFree);
    if (y === undefined) continue;
    taken.push({ from, to, y });
    const color = kind === 'fault' ? theme.fault : theme.load;
    text(ctx, label, from, y, color, theme.surface);
  }
}

function line(
  ctx: CanvasRenderingContext2D,
  from: [number, number],
  to: [number, number],
  color: string,
): void {
  ctx.strokeStyle = color;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** A dashboard's colours are for white paper: towards the page's text, they are read on dark too. */
const readable = (color: string, theme: Theme): string => `color-mix(in srgb, ${color} 72%, ${theme.text})`;

/** With a halo in the background's colour, readable over any line. */
function text(
  ctx: CanvasRenderingContext2D,
  label: string,
  x: number,
  y: number,
  color: string,
  halo: string,
): void {
  ctx.save();
  ctx.setLineDash([]);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.strokeStyle = halo;
  ctx.strokeText(label, x, y);
  ctx.fillStyle = color;
  ctx.fillText(label, x, y);
  ctx.restore();
}
