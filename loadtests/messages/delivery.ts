import { aboutRun } from '../../records/aboutRun.ts';
import { answerOfAll } from '../gate/answerOfAll.ts';
import type { Place } from '../../records/fields.ts';
import type { DeliveryFile, SystemDelivery } from '../../records/delivery.ts';
import type { RunFile } from '../../records/run.ts';
import type { MessagesSeen, Reconciliation } from './reconcile.ts';

/** What was found of one system's messages, and how soon they were stored. */
export interface DeliverySeen extends MessagesSeen {
  system: string;
  endToEnd: SystemDelivery['endToEnd'];
}

/** What follows of one system: a loss is proven only once nothing is on its way any more. */
export function deliveryOf(run: RunFile, seen: DeliverySeen): SystemDelivery {
  const { system, reconciliation, endToEnd } = seen;
  const { unresolvedIds = [] } = run.systems.find((each) => each.system === system)?.messages ?? {};
  const unresolved = unresolvedIds.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return { system, ...conclusionOf(seen), messages: reconciliation, unresolved, endToEnd };
}

/** What is known of the messages themselves. */
export function conclusionOf({
  reconciliation,
  problem,
  waiting,
}: MessagesSeen): Pick<SystemDelivery, 'answer' | 'reason'> {
  if (reconciliation === null) {
    return { answer: 'inconclusive', reason: `What became of its messages is not known: ${problem}.` };
  }
  const { published, stored, deadLettered, lost, duplicated } = reconciliation;
  if (duplicated > 0) return { answer: 'notDelivered', reason: `${duplicated} messages are stored twice.` };
  if (lost > 0 && waiting === 0) {
    return {
      answer: 'notDelivered',
      reason: `${lost} of ${published} acknowledged messages were found nowhere.`,
    };
  }
  const behind = `${lost} of ${published} are not stored yet and ${waiting} wait: the subscriber is behind.`;
  // Each of them could have been stored: what the subscriber gives up is not delivered.
  if (deadLettered > 0) {
    const givenUp = `${deadLettered} of ${published} were given up: see the dead letters.`;
    return { answer: 'notDelivered', reason: lost > 0 ? `${givenUp} ${behind}` : givenUp };
  }
  if (lost > 0) return { answer: 'inconclusive', reason: behind };
  if (published === 0) return { answer: 'inconclusive', reason: 'SNS acknowledged no message.' };
  return { answer: 'delivered', reason: `All ${stored} are stored, once.` };
}

/** The answer of all systems, with each system's own. */
export function deliveryFile(
  run: RunFile,
  systems: SystemDelivery[],
  { place, answeredAtMs }: { place: Place; answeredAtMs: number },
): DeliveryFile {
  return {
    schemaVersion: 1,
    ...aboutRun(run, place),
    answeredAt: new Date(answeredAtMs).toISOString(),
    configurationHash: run.configurationHash,
    answer: answerOfAll<DeliveryFile['answer']>(
      systems.map(({ answer }) => answer),
      { failed: 'notDelivered', unknown: 'inconclusive', good: 'delivered' },
    ),
    systems,
  };
}

const words: Record<SystemDelivery['answer'], string> = {
  delivered: 'delivered',
  notDelivered: 'NOT DELIVERED',
  inconclusive: 'inconclusive',
};

/** Each system's messages, and how soon they were stored. */
export const formatDelivery = ({ systems }: DeliveryFile): string =>
  systems
    .flatMap(({ system, answer, reason, messages, unresolved, endToEnd }) => [
      `${system}: ${words[answer]}, ${reason}${unresolved > 0 ? ` ${unresolved} are unresolved.` : ''}`,
      ...(messages === null ? [] : examplesOf(messages.examples)),
      `  from occurredAt to stored: ${inWords(endToEnd)}`,
    ])
    .join('\n');

const examplesOf = ({ lost, duplicated }: Reconciliation['examples']): string[] => [
  ...(lost.length > 0 ? [`  lost, for example: ${lost.join(', ')}`] : []),
  ...(duplicated.length > 0 ? [`  stored twice, for example: ${duplicated.join(', ')}`] : []),
];

const inWords = ({ messages, ms, reason }: SystemDelivery['endToEnd']): string =>
  ms === null
    ? `no data (${reason ?? 'none was measured'})`
    : `p50 ${ms.p50.toFixed(0)} ms, p95 ${ms.p95.toFixed(0)} ms, p99 ${ms.p99.toFixed(0)} ms, ` +
      `max ${ms.max.toFixed(0)} ms of ${messages} messages${reason === null ? '' : ` (${reason})`}`;
