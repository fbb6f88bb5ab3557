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
  /** The same of what only matters until the next line: there a terminal that somebody looks at has it no more. */
  readonly passing: (line: string) => void;
  /** Lines for the machine that runs the command, beside its answer. */
  readonly command: (lines: readonly string[]) => void;
  /** The beginning of a part of the work. */
  readonly heading: (text: string) => void;
  /** From now on answers and errors alone: no progress, no headings. */
  readonly silence: () => void;
}

const defaultWidth = 100;

export function terminalOutput(stdout: WriteStream, stderr: WriteStream): Output {
  // hasColors() honours NO_COLOR and FORCE_COLOR; it is missing where there is no terminal.
  const color = stdout.isTTY && stdout.hasColors();
  const style = (format: 'bold' | 'dim', text: string) =>
    stderr.isTTY && stderr.hasColors() ? styleText(format, text, { validateStream: false }) : text;
  const width = stdout.columns ?? defaultWidth;
  let isPassing = false;
  let isSilent = false;
  const tell = (text: string, ending = '\n'): void => {
    // Back to the line's beginning, and away with what stands there.
    stderr.write(`${isPassing ? '\r\u001b[2K' : ''}${text}${ending}`);
    isPassing = ending === '';
  };
  const line = (text: string): string => style('dim', `  ${text}`);
  return {
    color,
    width,
    interactive: stderr.isTTY,
    answer: (text) => {
      if (isPassing) tell('', '');
      isPassing = false;
      stdout.write(`${text.trimEnd()}\n`);
    },
    progress: (text) => {
      if (!isSilent) tell(line(text));
    },
    passing: (text) => {
      if (isSilent) return;
      if (stderr.isTTY) tell(line(text.slice(0, width - 3)), '');
      else tell(line(text));
    },
    command: (lines) => {
      for (const text of lines) tell(text);
    },
    heading: (text) => {
      if (!isSilent) tell(style('bold', text));
    },
    silence: () => {
      isSilent = true;
    },
  };
}
