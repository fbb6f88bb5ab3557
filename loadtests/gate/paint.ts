import { styleText } from 'node:util';
import type { VerdictFile } from '../../records/verdict.ts';

const styles = { pass: 'green', fail: 'red', inconclusive: 'yellow' } as const;

/** Colours a text as a verdict is coloured. */
export type Paint = (verdict: VerdictFile['verdict'], text: string) => string;

export const painter =
  (color: boolean): Paint =>
  (verdict, text) =>
    color ? styleText(styles[verdict], text, { validateStream: false }) : text;
