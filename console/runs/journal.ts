import type { JournalEntry } from '../../records/journal.ts';
import type { Span } from '../wire.ts';

/** When faults were in place: from the first that was injected until the last of them was undone. */
export function faultsOf(entries: readonly JournalEntry[]): Span[] {
  const injected = entries.filter((entry) => entry.kind === 'intent').filter(({ step }) => step === 'inject');
  const [first] = injected;
  if (!first) return [];
  const undone = new Map(
    entries.filter((entry) => entry.kind === 'undone').map(({ sequence, at }) => [sequence, Date.parse(at)]),
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
