import { styleText } from 'node:util';
import type { DrillResult } from '../records/drill.ts';

/** How one of several drills ended. */
export type DrillEnding =
  | Pick<DrillResult, 'drill' | 'verdict' | 'reason'>
  /** The guards did not let it begin. */
  | { drill: string; verdict: 'refused'; reason: string };

const colors = {
  passed: 'green',
  failed: 'red',
  refused: 'red',
  invalid: 'yellow',
  interrupted: 'yellow',
} as const;

/** Drills in a row, a line each, and how many of them there were to be. */
export function formatEndings(
  endings: readonly DrillEnding[],
  planned: number,
  { color }: { color: boolean },
): string {
  const paint = (verdict: DrillEnding['verdict'], text: string): string =>
    color ? styleText(colors[verdict], text, { validateStream: false }) : text;
  const width = Math.max(0, ...endings.map(({ drill }) => drill.length));
  const passed = endings.filter(({ verdict }) => verdict === 'passed').length;
  return [
    `${passed} of ${planned} drills passed`,
    ...endings.map(
      ({ drill, verdict, reason }) =>
        `  ${drill.padEnd(width)}  ${paint(verdict, verdict.toUpperCase().padEnd('INTERRUPTED'.length))}  ${reason}`,
    ),
  ].join('\n');
}
