import type { Point } from '../../runner/points.ts';

/** A point as `k6 run --out json=… --tag …` writes it. */
export const k6LineOf = (
  { metric, timeMs, value, tags, metadata }: Point,
  more: Record<string, string>,
): string => {
  const nanoseconds = Math.round((timeMs % 1) * 1e6);
  const time = new Date(timeMs).toISOString().replace('Z', `${String(nanoseconds).padStart(6, '0')}Z`);
  // k6 does not tell how late an iteration began.
  const { late: _late, ...told } = metadata;
  const data = { time, value, tags: { ...tags, ...more }, ...(told['vu'] ? { metadata: told } : {}) };
  return `${JSON.stringify({ metric, type: 'Point', data })}\n`;
};
