import { leastFirst } from './formatHeadroom.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';
import { whatDidNotPass } from '../../records/whatDidNotPass.ts';

/** Annotations of one kind that GitHub shows of a step. */
const shownOfAKind = 10;

/** In the order in which they are shown. */
const kinds: Readonly<Record<Exclude<VerdictRecord['verdict'], 'pass'>, { command: string; title: string }>> =
  {
    fail: { command: 'error', title: 'below the reserve' },
    inconclusive: { command: 'warning', title: 'not known' },
  };

/** Systems that the notice names. */
const namedSystems = 10;

/**
 * Workflow commands that make GitHub show what did not pass above the log: each reason once, with what it
 * concerns. Beyond what GitHub shows, the last says how many there are. And one notice: how many times its peak
 * each system carries, the least first.
 */
export const githubAnnotations = (verdict: VerdictFile): string[] => [
  ...annotationsOf(verdict),
  ...headroomNotice(verdict),
];

function headroomNotice({ stage, headroom, rehearsal }: VerdictFile): string[] {
  if (headroom.length === 0) return [];
  const title = `${stage}: headroom${rehearsal ? ' (a rehearsal)' : ''}`;
  const lines = leastFirst(headroom).map(({ system, summary }) => `${system} ${summary}`);
  const more = lines.length - namedSystems;
  const text = [...lines.slice(0, namedSystems), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
  return [`::notice title=${property(title)}::${data(text)}`];
}

function annotationsOf(verdict: VerdictFile): string[] {
  const all = whatDidNotPass(verdict);
  return Object.entries(kinds).flatMap(([kind, { command, title }]) => {
    const reasons = all.filter((one) => one.verdict === kind);
    const shown = reasons.length > shownOfAKind ? shownOfAKind - 1 : reasons.length;
    const messages = reasons.slice(0, shown).map(({ subjects, reason }) => `${subjects}: ${reason}`);
    if (shown < reasons.length) messages.push(`${reasons.length - shown} more reasons, in the log`);
    return messages.map(
      (message) => `::${command} title=${property(`${verdict.stage}: ${title}`)}::${data(message)}`,
    );
  });
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
