import type { z } from 'zod';
import type { Span } from '../wire.ts';
import { journalLineSchema } from './records.ts';

export type JournalLine = z.output<typeof journalLineSchema>;

/** The lines of a drill's journal that can be read: the last one may be half-written. */
export function parseJournal(text: string): JournalLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return journalLineSchema.parse(JSON.parse(line));
    } catch {
      return [];
    }
  });
}

/** When faults were in place: from the first that was injected until the last of them was undone. */
export function faultsOf(lines: readonly JournalLine[]): Span[] {
  const injected = lines.filter((line) => line.kind === 'intent').filter(({ step }) => step === 'inject');
  const [first] = injected;
  if (!first) return [];
  const undone = new Map(
    lines.filter((line) => line.kind === 'undone').map(({ sequence, at }) => [sequence, Date.parse(at)]),
  );
  const ends = injected.filter(({ inverse }) => inverse !== null).map(({ sequence }) => undone.get(sequence));
  const known = ends.filter((end) => end !== undefined);
  return [
    {
      startMs: Date.parse(first.at),
      endMs: known.length === ends.length && known.length > 0 ? Math.max(...known) : null,
    },
  ];
}
