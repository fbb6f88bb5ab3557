import type { VerdictRecord } from '../../records/verdict.ts';
import { conclusionOf } from '../messages/delivery.ts';
import type { MessagesSeen } from '../messages/reconcile.ts';
import { unstoredId } from './questions.ts';

/** What is known of a system's messages by their ids; undefined where nobody asked. */
export type SeenMessages = ReadonlyMap<string, MessagesSeen>;

/** Whether each message that SNS acknowledged is in the table: then none was given up, or not delivered. */
export const allAreStored = (seen: MessagesSeen | undefined): boolean =>
  seen?.reconciliation?.stored === seen?.reconciliation?.published &&
  (seen?.reconciliation?.published ?? 0) > 0;

/**
 * Whether what was published is stored, once: by the ids where they tell, which a sum cannot. A sum of other messages
 * hides a loss; ids hide nothing, but a table without any of them may be another one than the run's.
 * @param bySum the same question, asked of the subscriber's count
 */
export function askStored(bySum: VerdictRecord, seen: MessagesSeen | undefined): VerdictRecord {
  const reconciliation = seen?.reconciliation ?? null;
  if (!seen || reconciliation === null || reconciliation.published === 0) {
    const why = seen?.problem ?? null;
    return why === null
      ? bySum
      : { ...bySum, reason: `${bySum.reason} It could not be checked by ids: ${why}.` };
  }
  const { published, stored, deadLettered } = reconciliation;
  const worst = (100 * (published - stored)) / published;
  const byIds = { ...bySum, worst, limit: null, headroom: null, unit: 'percent' } as const;
  if (stored + deadLettered === 0) return noneIsThere(bySum, published);
  const { answer, reason } = conclusionOf(seen);
  const verdict = ({ delivered: 'pass', notDelivered: 'fail', inconclusive: 'inconclusive' } as const)[
    answer
  ];
  return { ...byIds, verdict, reason };
}

/** The same of a system whose subscriber counts nothing for us: by the ids alone. Nothing is asked where none come. */
export function askUncounted(
  { system, expectedMessagesPerSecond }: { system: string; expectedMessagesPerSecond: number },
  seen: MessagesSeen | undefined,
): VerdictRecord[] {
  if (expectedMessagesPerSecond === 0) return [];
  return [
    askStored(
      {
        system,
        signal: unstoredId,
        verdict: 'inconclusive',
        worst: null,
        limit: null,
        headroom: null,
        unit: 'percent',
        reason: 'Its subscriber publishes no count of what it stored.',
      },
      seen,
    ),
  ];
}

/** A write path that is dead, or a table that was made after the run: what was counted at the time tells which. */
function noneIsThere(bySum: VerdictRecord, published: number): VerdictRecord {
  const none = `None of the ${published} acknowledged messages is in the table`;
  return bySum.verdict === 'fail'
    ? { ...bySum, reason: `${none}. ${bySum.reason}` }
    : {
        ...bySum,
        verdict: 'inconclusive',
        reason: `${none}, and it is not certain that it is the run's own table. By count: ${bySum.reason}`,
      };
}
