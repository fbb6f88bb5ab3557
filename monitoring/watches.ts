import {
  canaryMetrics,
  functionMetrics,
  metricNamespace,
  probeMetrics,
  type FunctionRole,
} from '../service/metrics.ts';
import { limits } from './limits.ts';
import type { Measurement, Watch } from './measurement.ts';
import type { MonitoredSystem, WholeSystem } from '../fleet/monitoredSystem.ts';
import { allMeasurementsOf, measurementsOf } from './measurements.ts';
import { answersSeen, errorNeeds, failedAnswers, failedShare } from './errorSignal.ts';
import { askable, type NeedsOf } from './needs.ts';
import { allSignalsOf, signalNeedsOf, signalsOf, toMetricUnit } from './signals.ts';

const watchIds = [
  'errorBudget',
  'failedAnswers',
  'duration',
  'deadLetters',
  'undelivered',
  'droppedMessages',
  'oldestMessage',
  'repeatedErrors',
  'recurringErrors',
  'subscriberErrors',
  'subscriberFailing',
  'connectionsFull',
  'diskFull',
  'databaseUnmeasured',
  'apiUnmeasured',
  'provenPeak',
  'provenMessagePeak',
  'unhealthy',
] as const;

export type WatchId = (typeof watchIds)[number];

const quietQueue =
  'SQS publishes nothing about a queue that was unused for six hours: nothing is waiting there.';
const ofProvenPeak = {
  unit: 'percent',
  limit: 100,
  ...limits.alarm,
  limitSource:
    'Up to there a load test has shown that the 20 % reserve is kept; beyond that, nothing is known.',
  missingData: 'missing',
  missingDataReason: 'No passed gate has recorded a peak, or the probe is silent: unknown, not fine.',
} as const;
const atOnce = { evaluationPeriods: 1, datapointsToAlarm: 1 };

/** What a system must have for each of them. */
export const watchNeedsOf: NeedsOf<WatchId> = (system) => {
  const signals = signalNeedsOf(system);
  return {
    errorBudget: errorNeeds,
    failedAnswers: errorNeeds,
    duration: ['apiFunctionName'],
    deadLetters: ['deadLetterQueueName'],
    undelivered: ['undeliveredQueueName'],
    droppedMessages: ['subscriberFunctionName', 'isCalledByTopic'],
    oldestMessage: ['queueName'],
    repeatedErrors: ['publishesOwnMetrics'],
    recurringErrors: ['publishesOwnMetrics'],
    subscriberErrors: ['publishesOwnMetrics'],
    subscriberFailing: ['publishesOwnMetrics'],
    connectionsFull: signals.databaseConnections,
    diskFull: signals.databaseDisk,
    databaseUnmeasured: signals.databaseCpu,
    // Where no canary asks, an API may well have nothing to answer for an hour.
    apiUnmeasured: ['apiName', 'hasHealthcheck'],
    provenPeak: ['apiName'],
    provenMessagePeak: ['queueName'],
    unhealthy: ['hasHealthcheck'],
  };
};

/**
 * What a system's alarms watch beside the signals: no share of a resource, so that no gate asks for it. Of one that
 * lacks something, what can be watched of it.
 */
export const watchesOf = askable(watchNeedsOf, allWatchesOf);

function allWatchesOf(names: WholeSystem, periodSeconds: number): Record<WatchId, Watch> {
  // What is unmeasured is told of what the system can be asked for alone.
  const system: MonitoredSystem = names;
  const [asked, drawn] = [signalsOf(system, periodSeconds), measurementsOf(system, periodSeconds)];
  const { requests, durationP99, oldestMessage } = allMeasurementsOf(names, periodSeconds);
  const proven = {
    namespace: metricNamespace,
    dimensions: { System: names.systemDimension },
    statistic: 'Maximum',
    periodSeconds,
    unit: 'perSecond',
  } as const;
  const { slow } = limits.errorBurn;
  const signals = allSignalsOf(names, periodSeconds);
  const api = repeatedErrors(names, 'api', periodSeconds);
  const subscriber = repeatedErrors(names, 'subscriber', periodSeconds);
  return {
    errorBudget: {
      ...failedShare(names, periodSeconds),
      id: 'errorBudget',
      title: 'Error budget',
      unit: 'percent',
      limit: slow.percent,
      evaluationPeriods: slow.evaluationPeriods,
      datapointsToAlarm: slow.datapointsToAlarm,
      limitSource: 'Twice the budget of a 99 % objective, over the longer of the two windows.',
      missingData: 'notBreaching',
      missingDataReason: 'No request, no error.',
    },
    failedAnswers: {
      ...failedAnswers(names, periodSeconds),
      id: 'failedAnswers',
      title: 'Failed answers',
      limit: limits.failedAnswers.perPeriod,
      evaluationPeriods: limits.failedAnswers.evaluationPeriods,
      datapointsToAlarm: limits.failedAnswers.datapointsToAlarm,
      limitSource: 'Fewer are a large share of few requests, and no reason to wake anybody.',
      missingData: 'notBreaching',
      missingDataReason: 'No request, no error.',
    },
    duration: {
      ...durationP99,
      id: 'duration',
      limit: limits.latencyP99Ms,
      ...limits.alarm,
      limitSource: 'What the gate allows the 99th percentile of an answer.',
      missingData: 'notBreaching',
      missingDataReason: 'No invocation took no time.',
    },
    deadLetters: {
      ...visibleMessages(names.deadLetterQueueName, periodSeconds),
      id: 'deadLetters',
      title: 'Messages given up',
      limit: 1,
      ...atOnce,
      limitSource: 'Each message given up is a client whose data is wrong.',
      missingData: 'notBreaching',
      missingDataReason: quietQueue,
    },
    undelivered: {
      ...visibleMessages(names.undeliveredQueueName, periodSeconds),
      id: 'undelivered',
      title: 'Messages SNS could not deliver',
      limit: 1,
      ...atOnce,
      limitSource: 'SNS fails to reach a queue only when a policy, a key or the queue is wrong.',
      missingData: 'notBreaching',
      missingDataReason: quietQueue,
    },
    droppedMessages: {
      namespace: 'AWS/Lambda',
      metricName: 'AsyncEventsDropped',
      dimensions: { FunctionName: names.subscriberFunctionName },
      statistic: 'Sum',
      periodSeconds,
      unit: 'count',
      id: 'droppedMessages',
      title: 'Messages dropped',
      limit: limits.droppedMessages.perPeriod,
      evaluationPeriods: limits.droppedMessages.evaluationPeriods,
      datapointsToAlarm: limits.droppedMessages.datapointsToAlarm,
      limitSource: 'No queue keeps what Lambda drops: each is a client whose data stays wrong.',
      missingData: 'notBreaching',
      missingDataReason:
        'What was not dropped is not counted, and without messages there is nothing to drop.',
    },
    oldestMessage: {
      ...oldestMessage,
      limit: limits.oldestMessageSeconds.warning,
      ...limits.alarm,
      critical: { limit: limits.oldestMessageSeconds.critical, ...limits.alarm },
      limitSource: 'Longer than any restart; critical before the retries end and messages are given up.',
      missingData: 'notBreaching',
      missingDataReason: quietQueue,
    },
    repeatedErrors: { ...api, id: 'repeatedErrors' },
    recurringErrors: {
      ...api,
      id: 'recurringErrors',
      title: 'Recurring errors of the API',
      limit: limits.recurringErrors.perPeriod,
      evaluationPeriods: limits.recurringErrors.evaluationPeriods,
      datapointsToAlarm: limits.recurringErrors.datapointsToAlarm,
      limitSource: 'An error that recurs in a quarter of an hour’s minutes is a bug, however rare it is.',
    },
    subscriberErrors: { ...subscriber, id: 'subscriberErrors' },
    subscriberFailing: {
      ...subscriber,
      id: 'subscriberFailing',
      title: 'Repeated errors of the subscriber, share of its batches',
      unit: 'percent',
      math: { expression: '100 * it / batches', others: { batches: batchesOf(names, periodSeconds) } },
      limit: limits.subscriberFailing.percent,
      ...limits.subscriberFailing.warning,
      critical: { limit: limits.subscriberFailing.percent, ...limits.subscriberFailing.critical },
      limitSource: 'As many batches fail as succeed, or more: the backlog will not clear by itself.',
    },
    connectionsFull: {
      ...fullWithin(signals.databaseConnections, limits.fillingUp.connectionsWithinPeriods),
      id: 'connectionsFull',
      title: 'Database connections, filling up',
    },
    diskFull: {
      ...fullWithin(signals.databaseDisk, limits.fillingUp.diskWithinPeriods),
      id: 'diskFull',
      title: 'Database disk, filling up',
    },
    databaseUnmeasured: {
      ...unmeasured(signals.databaseCpu, {
        connections: asked.databaseConnections,
        disk: asked.databaseDisk,
      }),
      id: 'databaseUnmeasured',
      title: 'Metrics of the database',
    },
    apiUnmeasured: {
      ...unmeasured(
        { ...signals.errorRate, ...answersSeen(names, periodSeconds) },
        {
          durations: drawn.durationP99,
          concurrency: asked.functionConcurrency,
          memory: asked.functionMemory,
        },
      ),
      id: 'apiUnmeasured',
      title: 'Metrics of the API',
    },
    provenPeak: {
      ...requests,
      ...ofProvenPeak,
      id: 'provenPeak',
      title: 'Load, share of the proven peak',
      capacityRate: {
        ...proven,
        id: 'provenPeakRate',
        title: 'Proven peak',
        metricName: probeMetrics.provenPeak.name,
      },
    },
    provenMessagePeak: {
      namespace: 'AWS/SQS',
      // What the subscriber must carry, redriven messages too; the topic's own metric counts what was published alone.
      metricName: 'NumberOfMessagesSent',
      dimensions: { QueueName: names.queueName },
      statistic: 'Sum',
      periodSeconds,
      ...ofProvenPeak,
      id: 'provenMessagePeak',
      title: 'Messages, share of the proven peak',
      capacityRate: {
        ...proven,
        id: 'provenMessagePeakRate',
        title: 'Proven peak of messages',
        metricName: probeMetrics.provenMessagePeak.name,
      },
    },
    unhealthy: {
      ...own(canaryMetrics.unhealthy.name, names.systemDimension, periodSeconds),
      id: 'unhealthy',
      title: 'Healthcheck failed',
      limit: 1,
      ...atOnce,
      critical: {
        limit: 1,
        evaluationPeriods: limits.canary.evaluationPeriods,
        datapointsToAlarm: limits.canary.datapointsToAlarm,
      },
      limitSource: 'A healthcheck has one good answer; the canary calls every other unhealthy.',
      missingData: 'missing',
      missingDataReason: 'The canary did not look; its own silence is alarmed once for the fleet.',
    },
  };
}

export type FleetWatchId =
  | 'unhealthyHosts'
  | 'unhealthyShare'
  | 'canarySilent'
  | 'probeSilent'
  | 'databasesUnanswered';

/** How many systems of a stage canary and probe look at. */
export interface LookedAt {
  /** Those whose health the canary asks for. */
  healths: number;
  /** Those whose database the probe asks. */
  databases: number;
}

export const lookedAtOf = (systems: readonly MonitoredSystem[]): LookedAt => ({
  healths: systems.filter(({ hasHealthcheck }) => hasHealthcheck).length,
  databases: systems.filter(({ isProbed }) => isProbed).length,
});

const ofCanary: readonly FleetWatchId[] = ['unhealthyHosts', 'unhealthyShare', 'canarySilent'];

/**
 * What is watched once for a stage, where there is anything to look at.
 * @param fleetDimension value of the dimension `System` for the whole
 */
export function fleetWatchesOf(
  fleetDimension: string,
  lookedAt: LookedAt,
  periodSeconds: number,
): Partial<Record<FleetWatchId, Watch>> {
  const all = Object.entries(allFleetWatchesOf(fleetDimension, lookedAt.databases, periodSeconds));
  return Object.fromEntries(
    all.filter(([id]) => (ofCanary.includes(id as FleetWatchId) ? lookedAt.healths : lookedAt.databases) > 0),
  );
}

/** @param databases how many the probe asks */
export function allFleetWatchesOf(
  fleetDimension: string,
  databases: number,
  periodSeconds: number,
): Record<FleetWatchId, Watch> {
  const { unhealthySharePercent, unhealthyPeriods, silentPeriods } = limits.fleet;
  const hosts = own(canaryMetrics.unhealthyHosts.name, fleetDimension, periodSeconds);
  const answered = own(probeMetrics.databasesAnswered.name, fleetDimension, periodSeconds);
  const silent = {
    statistic: 'SampleCount',
    limit: 1,
    comparison: 'below',
    evaluationPeriods: silentPeriods,
    datapointsToAlarm: silentPeriods,
    limitSource: 'It publishes once a period, whatever it finds.',
    missingData: 'breaching',
    missingDataReason: 'Silence is exactly what this alarm is about.',
  } as const;
  return {
    unhealthyHosts: {
      ...hosts,
      id: 'unhealthyHosts',
      title: 'Unhealthy hosts',
      limit: 1,
      ...atOnce,
      limitSource: 'One system that does not answer is one too many.',
      missingData: 'missing',
      missingDataReason: 'The canary did not look; its silence has an alarm of its own.',
    },
    unhealthyShare: {
      ...own(canaryMetrics.unhealthyShare.name, fleetDimension, periodSeconds),
      id: 'unhealthyShare',
      title: 'Unhealthy hosts, share',
      unit: 'percent',
      limit: unhealthySharePercent,
      evaluationPeriods: unhealthyPeriods,
      datapointsToAlarm: unhealthyPeriods,
      limitSource: 'From half of the systems on, the cause is one that they share.',
      missingData: 'missing',
      missingDataReason: 'The canary did not look; its silence has an alarm of its own.',
    },
    canarySilent: { ...hosts, ...silent, id: 'canarySilent', title: 'Canary' },
    probeSilent: { ...answered, ...silent, id: 'probeSilent', title: 'Probe' },
    databasesUnanswered: {
      ...answered,
      id: 'databasesUnanswered',
      title: 'Databases that answered the probe',
      limit: databases,
      comparison: 'below',
      ...limits.alarm,
      critical: { limit: 1, ...limits.alarm },
      limitSource: 'The probe asks every system; one that does not answer is not watched from inside.',
      missingData: 'missing',
      missingDataReason: 'The probe did not look; its silence has an alarm of its own.',
    },
  };
}

/**
 * Databases that the probe had no time for, since others use the Data API too. They did not answer, and so are told of
 * as `databasesUnanswered`: drawn, this says that nothing is wrong with them.
 */
export const databasesNotAsked = (fleetDimension: string, periodSeconds: number): Measurement => ({
  ...own(probeMetrics.databasesNotAsked.name, fleetDimension, periodSeconds),
  id: 'databasesNotAsked',
  title: 'Databases the probe had no time for',
});

const own = (metricName: string, System: string, periodSeconds: number) =>
  ({
    namespace: metricNamespace,
    metricName,
    dimensions: { System },
    statistic: 'Maximum',
    periodSeconds,
    unit: 'count',
  }) as const;

const visibleMessages = (QueueName: string, periodSeconds: number) =>
  ({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName },
    statistic: 'Maximum',
    periodSeconds,
    unit: 'count',
  }) as const satisfies Omit<Measurement, 'id' | 'title'>;

const batchesOf = ({ subscriberFunctionName }: WholeSystem, periodSeconds: number): Measurement => ({
  id: 'batches',
  title: 'Batches of the subscriber',
  namespace: 'AWS/Lambda',
  metricName: 'Invocations',
  dimensions: { FunctionName: subscriberFunctionName },
  statistic: 'Sum',
  periodSeconds,
  unit: 'count',
});

/** Full within so many periods, if it goes on to grow as it did in the last one. */
function fullWithin(signal: Watch, periods: number): Omit<Watch, 'id' | 'title'> {
  const [from, to, empty] = [limits.fillingUp.fromPercent, limits.criticalUtilizationPercent, 0].map(
    (percent) => toMetricUnit(signal, percent),
  );
  const { critical: _, ...level } = signal;
  const [fuller, emptier] = signal.remaining ? ['<=', '>'] : ['>=', '<'];
  const forecast = `it + RATE(it) * ${periods * signal.periodSeconds}`;
  return {
    ...level,
    // From the critical threshold on, that one has told.
    math: {
      expression: `IF(it ${fuller} ${from}, IF(it ${emptier} ${to}, ${forecast}, ${empty}), ${empty})`,
    },
    limit: 100,
    ...limits.alarm,
    limitSource: 'An alarm on a level alone comes too late for what fills up within minutes.',
  };
}

/**
 * A period in which some of the metrics have no sample: their numbers of samples multiplied, since CloudWatch counts what
 * one of several series lacks as zero (a sum would still be one or more).
 */
function unmeasured(
  one: Watch,
  others: Readonly<Record<string, Measurement | undefined>>,
): Omit<Watch, 'id' | 'title'> {
  const beside = Object.entries(others).flatMap(([id, other]) =>
    other ? [[id, { ...other, statistic: 'SampleCount' }] as const] : [],
  );
  const { capacity: _, remaining: __, critical: ___, ...metric } = one;
  return {
    ...metric,
    statistic: 'SampleCount',
    unit: 'count',
    math: {
      expression: ['it', ...beside.map(([id]) => id)].join(' * '),
      others: Object.fromEntries(beside),
    },
    limit: 1,
    comparison: 'below',
    evaluationPeriods: limits.unmeasured.periods,
    datapointsToAlarm: limits.unmeasured.periods,
    limitSource: 'All of them are published every minute, whatever they say.',
    missingData: 'breaching',
    missingDataReason: 'That they are missing is exactly what this alarm is about.',
  };
}

function repeatedErrors(
  { systemDimension }: WholeSystem,
  role: FunctionRole,
  periodSeconds: number,
): Omit<Watch, 'id'> {
  const { perPeriod, evaluationPeriods, datapointsToAlarm } = limits.repeatedErrors;
  return {
    title: `Repeated errors of the ${role === 'api' ? 'API' : role}`,
    namespace: metricNamespace,
    metricName: functionMetrics.repeatedErrors.name,
    dimensions: { System: systemDimension, Function: role },
    statistic: 'Sum',
    periodSeconds,
    unit: 'count',
    limit: perPeriod,
    evaluationPeriods,
    datapointsToAlarm,
    limitSource: 'A hiccup fails a call or two; a bug fails every call that meets it.',
    missingData: 'notBreaching',
    missingDataReason: 'It is published only where an error came back.',
  };
}
