import { vi } from 'vitest';

/** A parsed line of a function's output. */
export type Line = Record<string, unknown>;

/** What a function writes while the test runs: its log lines and its EMF lines. */
export function captureOutput() {
  const texts: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    texts.push(String(chunk));
    return true;
  });
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    texts.push(String(chunk));
    return true;
  });
  const lines = (): Line[] =>
    texts
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  return {
    /** All of it, as written. */
    text: () => texts.join(''),
    metrics: () => lines().filter((line) => '_aws' in line),
    logs: () => lines().filter((line) => 'level' in line),
    clear: () => texts.splice(0),
    release: () => {
      spy.mockRestore();
      errors.mockRestore();
    },
  };
}
