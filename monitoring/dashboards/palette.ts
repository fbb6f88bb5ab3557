/** CloudWatch's own ten, in its order. */
const palette = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
] as const;

/** Colour of a line by its place; a system keeps that of its place in the fleet in every widget. */
export const colorOf = (index: number): string => palette[index % palette.length]!;
