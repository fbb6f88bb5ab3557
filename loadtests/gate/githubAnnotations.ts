import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/** Annotations of one kind that GitHub shows of a step. */
const shownOfAKind = 10;

/** In the order in which they are shown. */
const kinds: Readonly<Record<Exclude<VerdictRecord['verdict'], 'pass'>, { command: string; title: string }>> =
  {
    fail: { command: 'error', title: 'below the reserve' },
    inconclusive: { command: 'warning', title: 'not known' },
  };

/**
 * Workflow commands that make GitHub show what did not pass above the log: each reason once, with what it
 * concerns. Beyond what GitHub shows, the last says how many there are.
 */
export function githubAnnotations({ stage, records }: VerdictFile): string[] {
  return Object.entries(kinds).flatMap(([verdict, { command, title }]) => {
    const reasons = [
      ...Map.groupBy(
        records.filter((record) => record.verdict === verdict),
        ({ reason }) => reason,
      ),
    ];
    const shown = reasons.length > shownOfAKind ? shownOfAKind - 1 : reasons.length;
    const messages = reasons
      .slice(0, shown)
      .map(([reason, concerned]) => `${concerned.map(subject).join(', ')}: ${reason}`);
    if (shown < reasons.length) messages.push(`${reasons.length - shown} more reasons, in the log`);
    return messages.map(
      (message) => `::${command} title=${property(`${stage}: ${title}`)}::${data(message)}`,
    );
  });
}

const subject = ({ system, signal }: VerdictRecord): string =>
  system === null ? signal : `${system} ${signal}`;

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
