import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseAlarmDefinition, type AlarmDefinition } from '../../cloudwatch/alarmDefinition.ts';
import { evaluate, evaluationRange, type AlarmState } from '../../cloudwatch/alarmEvaluator.ts';
import {
  lookAtComposite,
  newComposite,
  type CompositeMemory,
  type Suppression,
} from '../../cloudwatch/compositeActions.ts';
import { holds, parseCompositeRule, type CompositeRule } from '../../cloudwatch/compositeRule.ts';
import { evaluateQueries } from '../../cloudwatch/metricDataQuery.ts';
import type { Observation } from '../../cloudwatch/bucket.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { alarmName, dashboardNamesOf, fleetAlarmName, monitoredSystem } from '../../fleet/names.ts';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { addFleetAlarms } from '../alarms/fleetAlarms.ts';
import { addSystemAlarms } from '../alarms/systemAlarms.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { Measurement, Watch } from '../measurement.ts';
import { signalsOf, type SignalId } from '../signals.ts';
import { allFleetWatchesOf, watchesOf, type FleetWatchId, type WatchId } from '../watches.ts';
import { bareApp } from './bareApp.ts';
import { contract } from '../../service/contract.ts';

/** Watches of metrics that others watch too. */
const derived = [
  'errorBudget',
  'failedAnswers',
  'recurringErrors',
  'subscriberFailing',
  'connectionsFull',
  'diskFull',
  'databaseUnmeasured',
  'apiUnmeasured',
] as const satisfies WatchId[];

/**
 * Values of the metrics behind the watches, as published; null publishes nothing. `errorRate` is of the
 * requests that `provenPeak` counts.
 */
export type SystemValues = Record<
  | Exclude<SignalId | WatchId, (typeof derived)[number]>
  | 'batches'
  | 'provenPeakRate'
  | 'provenMessagePeakRate',
  number | null
>;
export type FleetValues = Record<Exclude<FleetWatchId, 'canarySilent' | 'probeSilent'>, number | null>;

/** A system with nothing to tell. */
export const healthy: SystemValues = {
  databaseCpu: 20,
  databaseMemory: 20,
  databaseConnections: 40,
  databaseDisk: 30,
  functionMemory: 40,
  functionConcurrency: 2,
  subscriberMemory: 40,
  subscriberConcurrency: 12_000,
  errorRate: 0,
  duration: 100,
  deadLetters: 0,
  undelivered: 0,
  droppedMessages: null,
  oldestMessage: 0,
  repeatedErrors: null,
  subscriberErrors: null,
  batches: 30,
  provenPeak: 600,
  provenPeakRate: 30,
  provenMessagePeak: 200,
  provenMessagePeakRate: 5,
  unhealthy: 0,
};

/** A minute in the life of the fleet. */
export interface Minute {
  systems: Record<string, SystemValues>;
  fleet: FleetValues;
}

/** What on-call is told. */
export interface Told {
  minute: number;
  alarm: string;
  state: AlarmState;
}

export const stage = 'prod';
export const account = '111122223333';
const region = 'us-east-1';
export const capacity = { connectionLimit: 500, apiReservedConcurrency: 10, subscriberMaximumConcurrency: 2 };
const periodSeconds = 60;
const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);

const arnOf = (name: string): string => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const made = new Map<string, Record<string, unknown>[]>();

/** The alarms of a stage with the given systems, as the templates have them; made once, for whoever only reads. */
export function alarmTemplates(systems: readonly string[]): Record<string, unknown>[] {
  const key = systems.join();
  const known = made.get(key) ?? makeTemplates(systems);
  made.set(key, known);
  return known;
}

function makeTemplates(systems: readonly string[]): Record<string, unknown>[] {
  const app = bareApp();
  const env = { account, region };
  const common = {
    stage,
    periodSeconds,
    dashboardNames: dashboardNamesOf(stage),
    onCallTopicArn: `arn:aws:sns:${region}:${account}:on-call`,
  };
  const fleet = new Stack(app, 'fleet', { env });
  addFleetAlarms(fleet, {
    ...common,
    lookedAt: { healths: systems.length, databases: systems.length },
    alarmNameOf: (id) => fleetAlarmName(stage, id),
  });
  const stacks = systems.map((system) => {
    const stack = new Stack(app, system, { env });
    addSystemAlarms(stack, {
      ...common,
      system: monitored(system),
      alarmNameOf: (id) => alarmName(stage, system, id),
      fleetAlarmArnOf: (id) => arnOf(fleetAlarmName(stage, id)),
    });
    return stack;
  });
  return [fleet, ...stacks].map((stack) => Template.fromStack(stack).toJSON());
}

/** A system of somebody else's whose topic calls its subscriber by itself. */
export const withoutQueue = 'direct';

/** A system as monitoring knows it, by its name: one of ours, or that one. */
export const monitored = (system: string): MonitoredSystem => {
  const own = monitoredSystem(contract, stage, system, capacity);
  if (system !== withoutQueue) return own;
  const { queueName: _queue, deadLetterQueueName: _dead, undeliveredQueueName: _unsent, ...rest } = own;
  return { ...rest, publishesOwnMetrics: false, isCalledByTopic: true };
};

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** Properties of a type's resources, with references to alarms resolved. */
export function resourcesOf(
  templates: readonly Record<string, unknown>[],
  type: string,
): Record<string, unknown>[] {
  return templates.flatMap((template) => {
    // A stack that has nothing has no such key.
    const resources = (template['Resources'] ?? {}) as Record<string, Resource>;
    const resolve = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(resolve);
      if (typeof value !== 'object' || value === null) return value;
      const node = value as {
        'Fn::GetAtt'?: [string, string];
        'Fn::Join'?: [string, unknown[]];
        Ref?: string;
      };
      if (node.Ref === 'AWS::Partition') return 'aws';
      if (node['Fn::GetAtt']) {
        const { AlarmName } = resources[node['Fn::GetAtt'][0]]!.Properties;
        return arnOf(String(AlarmName));
      }
      if (node['Fn::Join']) return (resolve(node['Fn::Join'][1]) as string[]).join(node['Fn::Join'][0]);
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, resolve(child)]));
    };
    return Object.values(resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => resolve(Properties) as Record<string, unknown>);
  });
}

interface Metric {
  definition: AlarmDefinition;
  state: AlarmState;
}

interface Composite {
  properties: Record<string, unknown>;
  rule: CompositeRule;
  suppression: Suppression | null;
  memory: CompositeMemory;
}

/**
 * Lives through minutes and writes down whom the alarms told. Each minute's metrics arrive as late as they
 * usually do, or `lateMinutes` later; alarms are evaluated once a minute.
 */
export function live(
  systems: readonly string[],
  minutes: number,
  minuteAt: (minute: number) => Minute,
  lateMinutes: (minute: number) => number = () => 0,
): { told: Told[]; statesAt: (minute: number) => ReadonlyMap<string, AlarmState> } {
  const ofStage = alarmTemplates(systems);
  const metrics = new Map<string, Metric>(
    resourcesOf(ofStage, 'AWS::CloudWatch::Alarm').map((properties) => [
      String(properties['AlarmName']),
      { definition: parseAlarmDefinition(properties), state: 'OK' },
    ]),
  );
  const composites = inOrder(
    resourcesOf(ofStage, 'AWS::CloudWatch::CompositeAlarm').map((properties): Composite => ({
      properties,
      rule: parseCompositeRule(String(properties['AlarmRule'])),
      suppression:
        properties['ActionsSuppressor'] === undefined
          ? null
          : {
              waitSeconds: Number(properties['ActionsSuppressorWaitPeriod']),
              extensionSeconds: Number(properties['ActionsSuppressorExtensionPeriod']),
            },
      memory: newComposite('OK'),
    })),
  );
  const store = new MetricStore();
  const queue: { dueMs: number; sample: Sample }[] = [];
  const told: Told[] = [];
  const history: Map<string, AlarmState>[] = [];
  const stateOf = (name: string): AlarmState =>
    metrics.get(name)?.state ??
    composites.find(({ properties }) => properties['AlarmName'] === name)!.memory.state;

  for (let minute = 0; minute < minutes; minute += 1) {
    const nowMs = startMs + (minute + 1) * minuteMs + 5_000;
    for (const sample of samplesOf(minuteAt(minute), startMs + minute * minuteMs)) {
      const normalMs = sample.namespace === 'Headroom' ? 0 : minuteMs;
      queue.push({ dueMs: nowMs + normalMs + lateMinutes(minute) * minuteMs, sample });
    }
    for (let index = queue.length - 1; index >= 0; index -= 1) {
      const { dueMs, sample } = queue[index]!;
      if (dueMs > nowMs) continue;
      store.put(sample);
      queue.splice(index, 1);
    }
    for (const [name, alarm] of metrics) {
      const before = alarm.state;
      alarm.state = stateNow(alarm, store, nowMs);
      const actions = alarm.definition.properties[alarm.state === 'ALARM' ? 'AlarmActions' : 'OKActions'];
      if (alarm.state !== before && alarm.state !== 'INSUFFICIENT_DATA' && actions.length > 0) {
        told.push({ minute, alarm: name, state: alarm.state });
      }
    }
    for (const composite of composites) {
      const { properties, rule, suppression, memory } = composite;
      const suppressor = suppression && stateOf(String(properties['ActionsSuppressor']).split(':alarm:')[1]!);
      const look = lookAtComposite(
        memory,
        { state: holds(rule, stateOf) ? 'ALARM' : 'OK', suppressor: suppressor ?? undefined, atMs: nowMs },
        suppression,
      );
      composite.memory = look.memory;
      const tells = properties['AlarmActions'] !== undefined;
      if (look.act && tells) told.push({ minute, alarm: String(properties['AlarmName']), state: look.act });
    }
    history.push(
      new Map([
        ...[...metrics].map(([name, { state }]) => [name, state] as const),
        ...composites.map(
          ({ properties, memory }) => [String(properties['AlarmName']), memory.state] as const,
        ),
      ]),
    );
  }
  return { told, statesAt: (minute) => history[minute]! };
}

function stateNow({ definition, state }: Metric, store: MetricStore, nowMs: number): AlarmState {
  const range = evaluationRange(definition.rule, nowMs);
  const datapoints = evaluateQueries(definition.queries, store, range)[0]?.datapoints ?? [];
  return evaluate(definition.rule, datapoints, nowMs, state).state;
}

/** Suppressors are looked at before those they suppress. */
const inOrder = (composites: readonly Composite[]): Composite[] => {
  const suppressors = ['-affected', '-blind', '-page'];
  const rank = ({ properties }: Composite): number => {
    const index = suppressors.findIndex((suffix) => String(properties['AlarmName']).endsWith(suffix));
    return index === -1 ? suppressors.length : index;
  };
  return composites.toSorted((a, b) => rank(a) - rank(b));
};

type Sample = Parameters<MetricStore['put']>[0];

function samplesOf({ systems, fleet }: Minute, timestampMs: number): Sample[] {
  const samples = new Map<string, Sample>();
  const observe = ({ namespace, metricName: name, dimensions }: Measurement, observation: Observation) =>
    samples.set(JSON.stringify([namespace, name, dimensions]), {
      namespace,
      name,
      dimensions,
      timestampMs,
      ...observation,
    });
  const put = (measurement: Measurement, value: number | null | undefined): void => {
    if (value !== null && value !== undefined) observe(measurement, { value });
  };
  for (const [system, values] of Object.entries(systems)) {
    const names = monitored(system);
    const watches: Record<string, Watch> = {
      ...signalsOf(names, periodSeconds),
      ...watchesOf(names, periodSeconds),
    };
    const { errorRate, provenPeak: answers } = values;
    if (errorRate !== null && answers !== null) {
      const failed = Math.round(errorRate * answers);
      observe(watches['errorRate']!, { values: [1, 0], counts: [failed, answers - failed] });
    }
    const batches = watches['subscriberFailing']?.math?.others?.['batches'];
    if (batches) put(batches, values.batches);
    for (const [id, watch] of Object.entries(watches)) {
      if (watch.metricName !== '5XXError') put(watch, values[id as keyof SystemValues]);
      if (watch.capacityRate) put(watch.capacityRate, values[watch.capacityRate.id as keyof SystemValues]);
    }
  }
  const fleetWatches = allFleetWatchesOf(
    systemDimension(stage, wholeFleet),
    Object.keys(systems).length,
    periodSeconds,
  );
  for (const [id, value] of Object.entries(fleet)) put(fleetWatches[id as FleetWatchId], value);
  return [...samples.values()];
}
