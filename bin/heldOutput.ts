import type { Output } from './output.ts';

/** An output that keeps what it is told until it is let go: of work that begins while other work still speaks. */
export function heldOutput(output: Output): { output: Output; release: () => void } {
  let kept: (() => void)[] | null = [];
  const later =
    <Told>(tell: (told: Told) => void) =>
    (told: Told): void => {
      if (kept) kept.push(() => tell(told));
      else tell(told);
    };
  return {
    output: {
      ...output,
      answer: later(output.answer),
      progress: later(output.progress),
      command: later(output.command),
      heading: later(output.heading),
      // It only mattered until the next line.
      passing: (line) => {
        if (!kept) output.passing(line);
      },
    },
    release: () => {
      const said = kept ?? [];
      kept = null;
      for (const say of said) say();
    },
  };
}
