import type { SignalId } from '../signals.ts';
import type { FleetWatchId, WatchId } from '../watches.ts';
import type { FleetCompositeId } from './description.ts';
import type { tellThemselves, TellingCompositeId } from './telling.ts';

/** Who is told when a metric stays without a value. */
export interface Silence {
  /**
   * `alarm`: the alarm that tells while it is missing. `whenUsed`: that tells as soon as the metric would have had
   * something to say, since it is missing only where there is nothing. `doctor`: a finding of `headroom doctor`,
   * which a deployment asks too.
   */
  kind: 'alarm' | 'whenUsed' | 'doctor';
  /** An alarm of the system, or of its fleet; null for the doctor's. */
  toldBy: TellingCompositeId | FleetCompositeId | (typeof tellThemselves)[number] | null;
  /** What makes the metric missing, and how that is seen. */
  because: string;
}

const unmeasured = (because: string): Silence => ({ kind: 'alarm', toldBy: 'ticketUnmeasured', because });
const database = unmeasured('A cluster publishes it every minute, unless it is paused or not running.');
const api = unmeasured('The canary calls the API every minute, so there is a value every minute.');
const canary: Silence = {
  kind: 'alarm',
  toldBy: 'blind',
  because: 'The canary publishes it every minute, whatever it finds.',
};
const probe: Silence = { ...canary, because: 'The probe publishes it every minute, whatever it finds.' };
const batches: Silence = {
  kind: 'whenUsed',
  toldBy: 'ticketOldestMessage',
  because: 'Without messages there are no batches; messages without batches wait.',
};
const queue: Silence = {
  kind: 'whenUsed',
  toldBy: 'pageMessages',
  because: 'SQS publishes nothing about a queue that was unused for six hours, and resumes once it is used.',
};
const failures: Silence = {
  kind: 'whenUsed',
  toldBy: 'ticketRepeatedErrors',
  because: 'It is published only if an error recurs; the metric on memory shows that the functions run.',
};
const proof: Silence = {
  kind: 'doctor',
  toldBy: null,
  because:
    'Either no gate has passed, and no deployment is authorised, or the probe cannot read what one recorded. Doctor checks both.',
};

/**
 * For every signal and watch: who is told when it stays without data. Nobody is no answer. Shown in virtual time,
 * and written into docs/silence.md, by `silence.test.ts`.
 */
export const silences: Record<SignalId | WatchId | FleetWatchId, Silence> = {
  databaseCpu: database,
  databaseMemory: {
    kind: 'alarm',
    toldBy: 'unanswered',
    because: 'The probe could not ask, and it publishes how many databases answered.',
  },
  databaseConnections: database,
  databaseDisk: database,
  functionMemory: api,
  functionConcurrency: api,
  subscriberMemory: batches,
  subscriberConcurrency: batches,
  errorRate: api,
  errorBudget: api,
  failedAnswers: api,
  duration: api,
  deadLetters: queue,
  undelivered: queue,
  droppedMessages: {
    kind: 'whenUsed',
    toldBy: 'droppedMessages',
    because: 'Lambda publishes it only if it called the function for the topic and dropped what failed.',
  },
  oldestMessage: { ...queue, toldBy: 'ticketOldestMessage' },
  repeatedErrors: failures,
  recurringErrors: { ...failures, toldBy: 'ticketRecurringErrors' },
  subscriberErrors: { ...batches, toldBy: 'ticketSubscriberErrors' },
  subscriberFailing: { ...batches, toldBy: 'ticketSubscriberErrors' },
  connectionsFull: database,
  diskFull: database,
  databaseUnmeasured: { ...database, because: 'Missing metrics are what it reports.' },
  apiUnmeasured: { ...api, because: 'Missing metrics are what it reports.' },
  provenPeak: proof,
  provenMessagePeak: {
    ...proof,
    because: `${proof.because} For a system that expects no messages none are ever proven, which it reports too.`,
  },
  unhealthy: canary,
  unhealthyHosts: canary,
  unhealthyShare: canary,
  canarySilent: canary,
  probeSilent: probe,
  databasesUnanswered: probe,
};
