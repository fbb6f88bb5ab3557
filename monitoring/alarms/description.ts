import { limits } from '../limits.ts';
import type { Threshold, Watch } from '../measurement.ts';
import type { SignalId } from '../signals.ts';
import type { FleetWatchId, WatchId } from '../watches.ts';
import type { CompositeId } from './telling.ts';

/** Names of a stage's dashboards. Where a fleet needs more than these, they are linked from the overview. */
export interface DashboardNames {
  overview: string;
  application: string;
  database: string;
}

/** Composites of what concerns all systems. */
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

/** Stands where a watch says by what an answer is known to have failed. */
const failedAnswer = '{failed}';

/** By what an answer is known to have failed. */
const failureOf = ({ metricName }: Watch): string => {
  switch (metricName) {
    case '5XXError':
      return 'with a 5xx status';
    case '4XXError':
      return 'with a 4xx or 5xx status';
    default:
      return 'that failed, as the log says,';
  }
};

/** The same of what a PostgreSQL of Amazon RDS or Aurora says itself, and Redshift by its nodes or not at all. */
const onRds: Partial<Record<SignalId | WatchId | FleetWatchId, string>> = {
  databaseCpu: 'the CPU use of the database reached',
  databaseMemory: 'the share of the database’s memory in use reached',
};

const meaningOf = (id: keyof typeof watched, watch: Watch): string =>
  (watch.namespace === 'AWS/RDS' ? onRds[id] : undefined) ??
  watched[id].meaning.replace(failedAnswer, failureOf(watch));

const application = (meaning: string): Explanation => ({ meaning, dashboard: 'application' });
const database = (meaning: string): Explanation => ({ meaning, dashboard: 'database' });
const overview = (meaning: string): Explanation => ({ meaning, dashboard: 'overview' });

const watched: Record<SignalId | WatchId | FleetWatchId, Explanation> = {
  databaseCpu: database('the CPU use of the busiest database node reached'),
  databaseMemory: database('the estimated share of the database’s memory in use reached'),
  databaseConnections: database("the share of the database's connections in use reached"),
  databaseDisk: database("the share of the database's disk in use reached"),
  functionMemory: application("the API function's memory in use reached"),
  functionConcurrency: application("the share of the API function's reserved concurrency in use reached"),
  subscriberMemory: application("the subscriber's memory in use reached"),
  subscriberConcurrency: application('the share of the subscriber’s concurrency in use reached'),
  errorRate: application(`the share of API answers ${failedAnswer} reached`),
  failedAnswers: {
    ...application(`API answers ${failedAnswer}:`),
    runbook: 'errorRate',
  },
  errorBudget: application(
    `the month’s error budget is being used up: the share of API answers ${failedAnswer} reached`,
  ),
  duration: application('the slowest 1 % of answers took'),
  deadLetters: application('messages that the subscriber gave up are in the dead-letter queue:'),
  undelivered: application('messages that SNS could not deliver:'),
  droppedMessages: application('messages are lost, since the subscriber failed and no queue kept them:'),
  oldestMessage: application('clients’ changes are late: the oldest message has been waiting for'),
  repeatedErrors: application('the API keeps failing with the same errorCode:'),
  recurringErrors: {
    ...application('rarely, but for a long time, the API has been failing with the same errorCode:'),
    runbook: 'repeatedErrors',
  },
  subscriberErrors: application('the subscriber keeps failing with the same errorCode:'),
  subscriberFailing: {
    ...application(
      'the subscriber fails every time: failures with the same errorCode, as a share of its batches, reached',
    ),
    runbook: 'subscriberErrors',
  },
  connectionsFull: {
    ...database(
      `no connection will be left within ${limits.fillingUp.connectionsWithinPeriods} periods at this growth; the ` +
        'forecast reached',
    ),
    runbook: 'databaseConnections',
  },
  diskFull: {
    ...database(
      `the disk will be full within ${limits.fillingUp.diskWithinPeriods} periods at this growth; the forecast ` +
        'reached',
    ),
    runbook: 'databaseDisk',
  },
  databaseUnmeasured: {
    ...database('CPU, connections or disk of the database are not being measured: their datapoints were'),
    runbook: 'ticketUnmeasured',
  },
  apiUnmeasured: {
    ...application(
      'answers, duration, concurrency or memory of the API are not being measured: their datapoints were',
    ),
    runbook: 'ticketUnmeasured',
  },
  provenPeak: application('the load is above what a passed load test has proven; of that it reached'),
  provenMessagePeak: {
    ...application('more messages arrive than a passed load test has proven; of that they reached'),
    runbook: 'provenPeak',
  },
  unhealthy: overview('the healthcheck did not answer properly: failed checks'),
  unhealthyHosts: overview(
    'systems do not answer the canary properly (the alarms named …-unhealthy say which):',
  ),
  unhealthyShare: overview('the share of systems that do not answer properly reached'),
  canarySilent: overview('nobody is checking whether the systems answer: the canary’s checks were'),
  probeSilent: overview('nobody is querying the databases: the probe’s checks were'),
  databasesUnanswered: overview(
    'databases do not answer the probe (“headroom errors” names them); those that answered were',
  ),
};

const composed: Record<CompositeId | FleetCompositeId, Explanation> = {
  page: overview(
    'users are affected: more than a few answers fail, or the healthcheck does not answer; the state’s reason says which.',
  ),
  pageMessages: overview(
    'messages were given up or not delivered: clients’ data is wrong until somebody redrives them.',
  ),
  pageSubscriber: application(
    'messages are about to be given up: the subscriber fails every time, or the oldest message has waited for a long time.',
  ),
  ticketErrors: {
    ...application('a few answers fail, too few for a page, but they keep failing.'),
    runbook: 'errorBudget',
  },
  ticketDuration: { ...application('the slowest 1 % of answers are too slow.'), runbook: 'duration' },
  ticketConcurrency: {
    ...application("80 % or more of the API function's reserved concurrency is in use."),
    runbook: 'functionConcurrency',
  },
  ticketRepeatedErrors: {
    ...application('the API keeps failing with the same errorCode.'),
    runbook: 'repeatedErrors',
  },
  ticketRecurringErrors: {
    ...application('rarely, but for an hour now, the API has been failing with the same errorCode.'),
    runbook: 'repeatedErrors',
  },
  ticketSubscriberErrors: {
    ...application('the subscriber fails every time, or keeps failing with the same errorCode.'),
    runbook: 'subscriberErrors',
  },
  ticketOldestMessage: {
    ...application('clients’ changes are late: messages are waiting.'),
    runbook: 'oldestMessage',
  },
  ticketUnmeasured: overview(
    'some of the system’s metrics are missing although it answers: silence of their alarms does not mean that all is well.',
  ),
  ticket: overview(
    'something needs attention: a reserve is used up or going, or something is late, slow or failing; each cause ' +
      'has an alarm of its own, and this one notifies nobody.',
  ),
  affected: overview(
    'the whole fleet is affected: half of the systems or more do not answer properly, so look for what they share.',
  ),
  blind: overview(
    'canary or probe is silent, or no database answers the probe: silence of the other alarms does not mean that ' +
      'all is well.',
  ),
  unanswered: overview(
    'a database does not answer the probe although its system is healthy, so its memory is not being watched; ' +
      '“headroom errors” names it.',
  ),
};

/** What a composite says, as dashboards and console name it. */
export const compositeTitles: Record<CompositeId | FleetCompositeId, string> = {
  page: 'Users affected',
  pageMessages: 'Messages to redrive',
  pageSubscriber: 'Messages about to be given up',
  ticketErrors: 'A few errors that persist',
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
  const { dashboard, runbook = id } = watched[id];
  const amount =
    watch.comparison === 'below' ? `fewer than ${limit}` : `${limit}${units[watch.unit]} or more`;
  const periods = `${datapointsToAlarm} of ${evaluationPeriods} periods of ${watch.periodSeconds} s`;
  return {
    meaning: `${subject}: ${meaningOf(id, watch)} ${amount} in ${periods}.`,
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
