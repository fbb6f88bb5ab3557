import { EventEmitter } from 'node:events';
import type { Account } from '../account.ts';
import { AwsError } from '../errors.ts';
import { AlarmActions } from './alarmActions.ts';
import { parseAlarmDefinition } from '../../../cloudwatch/alarmDefinition.ts';
import {
  evaluate,
  evaluationRange,
  type AlarmState,
  type Evaluation,
} from '../../../cloudwatch/alarmEvaluator.ts';
import { AlarmHistory, type HistoryItem } from './alarmHistory.ts';
import { alarmNotification, type Notification } from './alarmNotification.ts';
import { CompositeAlarms } from './compositeAlarms.ts';
import type { Alarm, StateChange } from './metricAlarm.ts';
import { evaluateQueries } from '../../../cloudwatch/metricDataQuery.ts';
import type { MetricStore } from '../../../cloudwatch/metricStore.ts';

interface AlarmsOptions extends Account {
  metrics: MetricStore;
  /** Delivers a notification to an SNS topic. */
  publish: (topicArn: string, notification: Notification) => Promise<void>;
}

/**
 * In every period an alarm is looked at again and again for this long: the newest datapoint may be a moment
 * late. What comes later counts in the next period, as on AWS.
 */
const lookAgainMs = 3_000;

/** The stage's alarms: their states, their history, and their actions, which run on a change only. */
export class Alarms extends EventEmitter<{ stateChange: [StateChange] }> {
  readonly composites: CompositeAlarms;
  readonly #options: AlarmsOptions;
  readonly #byName = new Map<string, Alarm>();
  /** The start of the period in which each was looked at last, Unix milliseconds. */
  readonly #lookedAt = new WeakMap<Alarm, number>();
  readonly #history = new AlarmHistory();
  readonly #actions: AlarmActions;

  constructor(options: AlarmsOptions) {
    super();
    this.#options = options;
    this.#actions = new AlarmActions(options.publish, this.#history);
    this.composites = new CompositeAlarms({
      ...options,
      history: this.#history,
      actions: this.#actions,
      metricAlarm: (name) => this.#byName.get(name),
    });
  }

  /**
   * Creates an alarm from the properties of an AWS::CloudWatch::Alarm, or configures it anew; it keeps its
   * state then.
   * @throws AwsError naming a property that is wrong or not supported.
   */
  add(properties: unknown, nowMs: number): Alarm {
    const definition = parseAlarmDefinition(properties);
    const name = definition.properties.AlarmName;
    const existing = this.#byName.get(name);
    const { region, accountId } = this.#options;
    const alarm: Alarm = {
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      definition,
      state: existing?.state ?? 'INSUFFICIENT_DATA',
      stateReason: existing?.stateReason ?? 'Unchecked: Initial alarm creation',
      stateChangedMs: existing?.stateChangedMs ?? nowMs,
      configuredMs: nowMs,
    };
    this.#byName.set(name, alarm);
    this.#recordConfiguration(name, existing ? 'updated' : 'created', nowMs);
    return alarm;
  }

  /**
   * Removes alarms of both kinds: all of them, or none.
   * @throws AwsError `ResourceNotFound`
   */
  remove(names: readonly string[], nowMs: number): void {
    for (const name of names) {
      if (!this.#byName.has(name) && !this.composites.get(name)) throw noSuchAlarm(name);
    }
    for (const name of names) {
      this.#recordConfiguration(name, 'deleted', nowMs);
      this.#byName.delete(name);
      this.composites.remove(name);
    }
  }

  /** Whether alarms of both kinds act when they change; names of none are left out, as CloudWatch does. */
  setActionsEnabled(names: readonly string[], enabled: boolean, nowMs: number): void {
    for (const name of names) {
      const alarm = this.#byName.get(name) ?? this.composites.get(name);
      if (!alarm) continue;
      this.#recordConfiguration(name, 'updated', nowMs);
      alarm.configuredMs = nowMs;
      alarm.definition.properties.ActionsEnabled = enabled;
    }
  }

  /** Metric alarms; composites are in `composites`. */
  all(): Alarm[] {
    return [...this.#byName.values()];
  }

  /** Newest first, of alarms of both kinds. */
  history(): HistoryItem[] {
    return this.#history.items();
  }

  /** Evaluates every alarm that is due and delivers the actions of those whose state changed. */
  async tick(nowMs: number): Promise<void> {
    const changes = this.all().flatMap((alarm) => this.#evaluate(alarm, nowMs) ?? []);
    await Promise.all([...changes.map((change) => this.#act(change)), this.composites.tick(nowMs)]);
  }

  /**
   * Sets a state by hand, with its actions. A metric alarm keeps it until it is evaluated again, within its
   * period; a composite until one of its children changes.
   * @throws AwsError `ResourceNotFound`
   */
  async setState(name: string, state: AlarmState, reason: string, nowMs: number): Promise<void> {
    const alarm = this.#byName.get(name);
    if (alarm) {
      const change = this.#change(alarm, { state, reason }, nowMs);
      if (change) await this.#act(change);
    } else if (this.composites.get(name)) {
      this.composites.set(name, state, reason, nowMs);
    } else {
      throw noSuchAlarm(name);
    }
  }

  #recordConfiguration(name: string, what: 'created' | 'updated' | 'deleted', nowMs: number): void {
    const alarmType = this.composites.get(name) ? 'CompositeAlarm' : 'MetricAlarm';
    this.#history.recordConfiguration({ alarmName: name, alarmType }, what, nowMs);
  }

  #evaluate(alarm: Alarm, nowMs: number): StateChange | undefined {
    const { rule, queries } = alarm.definition;
    const range = evaluationRange(rule, nowMs);
    if (this.#lookedAt.get(alarm) === range.endMs && nowMs - range.endMs > lookAgainMs) return undefined;
    this.#lookedAt.set(alarm, range.endMs);
    const datapoints = evaluateQueries(queries, this.#options.metrics, range)[0]?.datapoints ?? [];
    return this.#change(alarm, evaluate(rule, datapoints, nowMs, alarm.state), nowMs);
  }

  #change(alarm: Alarm, evaluation: Evaluation, nowMs: number): StateChange | undefined {
    const { state } = evaluation;
    if (state === alarm.state) return undefined;
    const { reason } = evaluation;
    const change = { alarm, from: alarm.state, to: state, reason, atMs: nowMs };
    alarm.state = state;
    alarm.stateReason = reason;
    alarm.stateChangedMs = nowMs;
    this.#history.record({
      alarmName: alarm.definition.properties.AlarmName,
      alarmType: 'MetricAlarm',
      timestampMs: nowMs,
      type: 'StateUpdate',
      summary: `Alarm updated from ${change.from} to ${change.to}`,
      data: { oldState: { stateValue: change.from }, newState: { stateValue: state, stateReason: reason } },
    });
    this.emit('stateChange', change);
    return change;
  }

  #act(change: StateChange): Promise<void> {
    return this.#actions.run(
      change.alarm.definition.properties,
      change.to,
      alarmNotification(change, this.#options),
      { alarmType: 'MetricAlarm', atMs: change.atMs },
    );
  }
}

const noSuchAlarm = (name: string): AwsError =>
  new AwsError('ResourceNotFound', `Alarm "${name}" does not exist`, { statusCode: 404 });
