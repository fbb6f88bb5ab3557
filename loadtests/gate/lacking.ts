import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { fieldsLackedBy, idsAskable, type Need } from '../../monitoring/needs.ts';
import { signalIds, signalNeedsOf } from '../../monitoring/signals.ts';
import { watchNeedsOf } from '../../monitoring/watches.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';
import { usedByMessages, watchedIds } from './questions.ts';

type Unasked = NonNullable<VerdictFile['unasked']>[number];

/** What each question of the gate takes, in the order of the verdict. */
const needsOf = (system: MonitoredSystem): (readonly [id: string, needs: readonly Need[]])[] => {
  const signals = signalNeedsOf(system);
  const watches = watchNeedsOf(system);
  return [
    ...signalIds.map((id) => [id, signals[id]] as const),
    ...watchedIds.map((id) => [id, watches[id]] as const),
    // Of an adopted system its API's requests would do, and without either the verdict stays open: `askLacking`.
    ...(system.publishesOwnMetrics ? [['sameLoad', ['apiFunctionName']] as const] : []),
  ];
};

/** What is not asked of a system, since it lacks what it would be asked of: the questions, by what is lacking. */
export function unaskedOf(system: MonitoredSystem): Unasked[] {
  const lacking = needsOf(system).flatMap(([signal, needs]) => {
    const lacks = fieldsLackedBy(system, needs).join(' and ');
    return lacks === '' ? [] : [{ signal, lacks }];
  });
  return [...Map.groupBy(lacking, ({ lacks }) => lacks)].map(([lacks, questions]) => ({
    system: system.system,
    lacks,
    signals: questions.map(({ signal }) => signal),
  }));
}

interface ExpectingSystem extends MonitoredSystem {
  expectedMessagesPerSecond: number;
}

/**
 * What keeps a verdict open of a system that lacks something. Of an adopted one its configuration says what there is: what
 * it leaves out is not asked, and that is said. But a system of which no resource is asked has shown no reserve. Of a
 * system of ours nothing may be lacking.
 */
export const askLacking = (system: ExpectingSystem): VerdictRecord[] =>
  system.publishesOwnMetrics ? lackingOfOurs(system) : lackingOfAdopted(system);

const lackingOfOurs = (system: ExpectingSystem): VerdictRecord[] =>
  unaskedOf(system).flatMap(({ signals, lacks }) => {
    const [first, ...others] = signals.filter((signal) => isUsed(system, signal));
    return first === undefined
      ? []
      : [open(system, first, `Not checked, with ${others.length} more: its document has no ${lacks}.`)];
  });

function lackingOfAdopted(system: ExpectingSystem): VerdictRecord[] {
  // Errors are no share of what a system runs out of.
  const shown = idsAskable(system, signalNeedsOf).some((id) => id !== 'errorRate' && isUsed(system, id));
  return [
    ...(shown
      ? []
      : [
          open(
            system,
            'resources',
            'None of its resources is checked, so that no reserve is shown: name adopt.database, or adopt.functions.api ' +
              'and adopt.reservedConcurrency.',
          ),
        ]),
    ...(system.apiName !== undefined || system.apiFunctionName !== undefined
      ? []
      : [
          open(
            system,
            'sameLoad',
            'Nothing shows whether the metrics belong to this load: name adopt.apiName or adopt.functions.api.',
          ),
        ]),
  ];
}

/** Not where messages alone use it and none are expected. */
const isUsed = ({ expectedMessagesPerSecond }: ExpectingSystem, id: string): boolean =>
  expectedMessagesPerSecond > 0 || !usedByMessages.has(id);

const open = ({ system }: MonitoredSystem, signal: string, reason: string): VerdictRecord => ({
  system,
  signal,
  verdict: 'inconclusive',
  worst: null,
  limit: null,
  headroom: null,
  unit: 'count',
  reason,
});
