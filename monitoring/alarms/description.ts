import { limits } from '../limits.ts';
import type { Threshold, Watch } from '../measurement.ts';
import type { SignalId } from '../signals.ts';
import type { FleetWatchId, WatchId } from '../watches.ts';
import { tellingCompositeIds } from './telling.ts';

/** Names of a stage's dashboards. Where a fleet needs more than these, they are linked from the overview. */
export interface DashboardNames {
  overview: string;
  application: string;
  database: string;
}

/** A system's composites: those that tell, and one that sums up every ticket and notifies nobody. */
export const compositeIds = [...tellingCompositeIds, 'ticket'] as const;
export type CompositeId = (typeof compositeIds)[number];
/** The same for what concerns all systems. */
export const fleetCompositeIds = ['affected', 'blind', 'unanswered'] as const;
export type FleetCompositeId = (typeof fleetCompositeIds)[number];

export type SystemAlarmId = SignalId | WatchId | CompositeId;
export type FleetAlarmId = FleetWatchId | FleetCompositeId;

interface Explanation {
  /** What is the matter, as the sentence's subject and verb; a watch's limit follows. */
  meaning: string;
  dashboard: keyof DashboardNames;
  /** Left out: a runbook of its own. */
  runbook?: SystemAlarmId | FleetAlarmId;
}

const application = (meaning: string): Explanation => ({ meaning, dashboard: 'application' });
const database = (meaning: string): Explanation => ({ meaning, dashboard: 'database' });
const overview = (meaning: string): Explanation => ({ meaning, dashboard: 'overview' });

const watched: Record<SignalId | WatchId | FleetWatchId, Explanation> = {
  databaseCpu: database('the busiest database node has used its CPU to'),
  databaseMemory: database('the database memory in use, an estimate, reached'),
  databaseConnections: database("the share of the database's connections in use reached"),
  databaseDisk: database("the database's disk is full to"),
  functionMemory: application("the API function's memory in use reached"),
  functionConcurrency: application("the share of the API function's reserved concurrency in use reached"),
  subscriberMemory: application("the subscriber's memory in use reached"),
  subscriberConcurrency: application('the share of the time of all batches that may run at once reached'),
  errorRate: application('the share of API answers with a 5xx status reached'),
  failedAnswers: {
    ...application('API answers had a 5xx status:'),
    runbook: 'errorRate',
  },
  errorBudget: application(
    'the month’s error budget burns: the share of API answers with a 5xx status reached',
  ),
  duration: application('the slowest 1 % of answers took'),
  deadLetters: application('messages that the subscriber gave up wait in the dead-letter queue:'),
  undelivered: application('messages that SNS could not deliver wait:'),
  oldestMessage: application('clients’ changes come late: the oldest message waits since'),
  repeatedErrors: application('the API fails again and again with the same errorCode:'),
  recurringErrors: {
    ...application('seldom, but for long, the API fails with the same errorCode:'),
    runbook: 'repeatedErrors',
  },
  subscriberErrors: application('the subscriber fails again and again with the same errorCode:'),
  subscriberFailing: {
    ...application('the subscriber fails each time: failures with the same errorCode, of its batches,'),
    runbook: 'subscriberErrors',
  },
  connectionsFull: {
    ...database(
      `no connection is left within ${limits.fillingUp.connectionsWithinPeriods} periods if they go on to grow so; ` +
        'their forecast was',
    ),
    runbook: 'databaseConnections',
  },
  diskFull: {
    ...database(
      `the disk is full within ${limits.fillingUp.diskWithinPeriods} periods if it goes on to grow so; its ` +
        'forecast was',
    ),
    runbook: 'databaseDisk',
  },
  databaseUnmeasured: {
    ...database('CPU, connections or disk of the database are not measured: they had values'),
    runbook: 'ticketUnmeasured',
  },
  apiUnmeasured: {
    ...application('answers, duration, concurrency or memory of the API are not measured: they had values'),
    runbook: 'ticketUnmeasured',
  },
  provenPeak: application('the load is above what a passed load test has proven: it reached'),
  provenMessagePeak: {
    ...application('more messages come than a passed load test has proven: they reached'),
    runbook: 'provenPeak',
  },
  unhealthy: overview('the healthcheck gave no good answer: failed looks'),
  unhealthyHosts: overview(
    'systems give no good answer to the canary; the alarms named …-unhealthy say which:',
  ),
  unhealthyShare: overview('the share of systems without a good answer reached'),
  canarySilent: overview('nobody looks whether the systems answer: the canary’s looks were'),
  probeSilent: overview('nobody asks the databases: the probe’s looks were'),
  databasesUnanswered: overview(
    'databases do not answer the probe, “headroom errors” names them; those that answered were',
  ),
};

const composed: Record<CompositeId | FleetCompositeId, Explanation> = {
  page: overview(
    'users are affected: answers fail, more than a few, or the healthcheck is dead; the state’s reason names which.',
  ),
  pageMessages: overview(
    'messages were given up or not delivered: clients’ data is wrong until somebody redrives them.',
  ),
  pageSubscriber: application(
    'messages are about to be given up: the subscriber fails each time, or the oldest message has waited for long.',
  ),
  ticketErrors: {
    ...application('few answers fail, too few for a page, and they go on to fail.'),
    runbook: 'errorBudget',
  },
  ticketDuration: { ...application('the slowest 1 % of answers are too slow.'), runbook: 'duration' },
  ticketConcurrency: {
    ...application("80 % of the API function's reserved concurrency are in use, or more."),
    runbook: 'functionConcurrency',
  },
  ticketRepeatedErrors: {
    ...application('the API fails again and again with the same errorCode.'),
    runbook: 'repeatedErrors',
  },
  ticketRecurringErrors: {
    ...application('seldom, but for an hour now, the API fails with the same errorCode.'),
    runbook: 'repeatedErrors',
  },
  ticketSubscriberErrors: {
    ...application('the subscriber fails each time, or again and again with the same errorCode.'),
    runbook: 'subscriberErrors',
  },
  ticketOldestMessage: {
    ...application('clients’ changes come late: messages wait.'),
    runbook: 'oldestMessage',
  },
  ticketUnmeasured: overview(
    'some metrics of the system are missing, though it answers: what their alarms do not say is unknown, not fine.',
  ),
  ticket: overview(
    'something is to be looked at: a reserve is gone or going, or something is late, slow or failing; each cause ' +
      'has an alarm of its own, and this one notifies nobody.',
  ),
  affected: overview(
    'the whole fleet is affected: half of the systems or more give no good answer, so look for what they share.',
  ),
  blind: overview(
    'canary or probe is silent, or no database answers the probe: what the other alarms do not say is unknown, ' +
      'not fine.',
  ),
  unanswered: overview(
    'a database does not answer the probe though its system is healthy, so that its memory is not watched; ' +
      '“headroom errors” names it.',
  ),
};

/** What a composite says, as dashboards and console name it. */
export const compositeTitles: Record<CompositeId | FleetCompositeId, string> = {
  page: 'Users affected',
  pageMessages: 'Messages to redrive',
  pageSubscriber: 'Messages about to be given up',
  ticketErrors: 'Few errors that go on',
  ticketDuration: 'Slow answers',
  ticketConcurrency: 'API function concurrency',
  ticketRepeatedErrors: 'Repeated errors of the API',
  ticketRecurringErrors: 'Recurring errors of the API',
  ticketSubscriberErrors: 'The subscriber fails',
  ticketOldestMessage: 'Messages are late',
  ticketUnmeasured: 'Metrics are missing',
  ticket: 'Tickets',
  affected: 'Whole fleet affected',
  blind: 'Canary or probe sees nothing',
  unanswered: 'A database does not answer the probe',
};

const units: Record<Watch['unit'], string> = {
  percent: ' %',
  count: '',
  perSecond: ' a second',
  milliseconds: ' ms',
  seconds: ' s',
  score: '',
};

/** What an alarm tells who is woken: one sentence, then where to go on. */
export interface AlarmGuide {
  meaning: string;
  /** Id of its runbook, a page of `monitoring/runbooks/`; both thresholds of a watch share one. */
  runbook: SystemAlarmId | FleetAlarmId;
  /** Name of the dashboard that shows it. */
  dashboard: string;
}

/** @param subject the system, or the stage's fleet. */
export function watchGuide(
  subject: string,
  id: keyof typeof watched,
  watch: Watch,
  { limit, datapointsToAlarm, evaluationPeriods }: Threshold,
  dashboards: DashboardNames,
): AlarmGuide {
  const { meaning, dashboard, runbook = id } = watched[id];
  const amount =
    watch.comparison === 'below' ? `fewer than ${limit}` : `${limit}${units[watch.unit]} or more`;
  const periods = `${datapointsToAlarm} of ${evaluationPeriods} periods of ${watch.periodSeconds} s`;
  return {
    meaning: `${subject}: ${meaning} ${amount} in ${periods}.`,
    runbook,
    dashboard: dashboards[dashboard],
  };
}

/** The same for what other alarms say together. */
export function compositeGuide(
  subject: string,
  id: keyof typeof composed,
  dashboards: DashboardNames,
): AlarmGuide {
  const { meaning, dashboard, runbook = id } = composed[id];
  return { meaning: `${subject}: ${meaning}`, runbook, dashboard: dashboards[dashboard] };
}

/** A guide as the one text that CloudWatch keeps of an alarm. The runbook's path is from the repository's root. */
export const descriptionOf = ({ meaning, runbook, dashboard }: AlarmGuide): string =>
  `${meaning} Runbook: monitoring/runbooks/${runbook}.md. Dashboard: ${dashboard}.`;
