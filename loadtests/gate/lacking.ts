import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { fieldsLackedBy, lackedBy, type Need } from '../../monitoring/needs.ts';
import { signalIds, signalNeedsOf, type SignalId } from '../../monitoring/signals.ts';
import { watchNeedsOf } from '../../monitoring/watches.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';
import { usedByMessages, watchedIds } from './questions.ts';

type Unasked = NonNullable<VerdictFile['unasked']>[number];

interface ExpectedMessages {
  expectedMessagesPerSecond: number;
}

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

/** Shares of what a system runs out of: errors are none, nor is what messages alone use where none are expected. */
const resourcesOf = ({ expectedMessagesPerSecond }: ExpectedMessages): readonly SignalId[] =>
  signalIds.filter((id) => id !== 'errorRate' && (expectedMessagesPerSecond > 0 || !usedByMessages.has(id)));

/**
 * What keeps a verdict open of a system that lacks something. Of an adopted one its configuration says what there is: what
 * it leaves out is not asked, and that is said. But a system of which no resource is asked has shown no reserve, and
 * messages that nobody can find again are not known to be stored. Of a system of ours nothing may be lacking.
 */
export function askLacking(system: MonitoredSystem & ExpectedMessages): VerdictRecord[] {
  const open = (signal: string, reason: string): VerdictRecord => ({
    system: system.system,
    signal,
    verdict: 'inconclusive',
    worst: null,
    limit: null,
    headroom: null,
    unit: 'count',
    reason,
  });
  const messages = system.expectedMessagesPerSecond;
  if (system.publishesOwnMetrics) {
    return unaskedOf(system).flatMap(({ signals, lacks }) => {
      const ofLoad = signals.filter((signal) => messages > 0 || !usedByMessages.has(signal));
      return ofLoad.length === 0
        ? []
        : [open(ofLoad[0]!, `Not asked, with ${ofLoad.length - 1} more: its document has no ${lacks}.`)];
    });
  }
  const needs = signalNeedsOf(system);
  const shown = resourcesOf(system).some((id) => lackedBy(system, needs[id]).length === 0);
  return [
    ...(shown
      ? []
      : [
          open(
            'resources',
            'None of its resources is asked, so that no reserve is shown: it takes adopt.database, or adopt.functions.api ' +
              'and adopt.reservedConcurrency.',
          ),
        ]),
    ...(system.apiName !== undefined || system.apiFunctionName !== undefined
      ? []
      : [
          open(
            'sameLoad',
            'Nothing tells whether the metrics belong to this load: it takes adopt.apiName or adopt.functions.api.',
          ),
        ]),
  ];
}
