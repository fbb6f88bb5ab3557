import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** Where a command writes: answers to stdout, progress and errors to stderr. */
export interface Output {
  readonly color: boolean;
  readonly width: number;
  /** Whether somebody looks on. */
  readonly interactive: boolean;
  /** The command's answer. */
  readonly answer: (text: string) => void;
  /** A step of long work, as a plain line. */
  readonly progress: (line: string) => void;
  /** Lines for the machine that runs the command, beside its answer. */
  readonly command: (lines: readonly string[]) => void;
  /** The beginning of a part of the work. */
  readonly heading: (text: string) => void;
}

const defaultWidth = 100;

export function terminalOutput(stdout: WriteStream, stderr: WriteStream): Output {
  // hasColors() honours NO_COLOR and FORCE_COLOR; it is missing where there is no terminal.
  const color = stdout.isTTY && stdout.hasColors();
  const style = (format: 'bold' | 'dim', text: string) =>
    stderr.isTTY && stderr.hasColors() ? styleText(format, text, { validateStream: false }) : text;
  return {
    color,
    width: stdout.columns ?? defaultWidth,
    interactive: stderr.isTTY,
    answer: (text) => void stdout.write(`${text.trimEnd()}\n`),
    progress: (line) => void stderr.write(`${style('dim', `  ${line}`)}\n`),
    command: (lines) => {
      for (const line of lines) stderr.write(`${line}\n`);
    },
    heading: (text) => void stderr.write(`${style('bold', text)}\n`),
  };
}
