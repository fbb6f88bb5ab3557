import { EventEmitter } from 'node:events';
import type { Account } from '../account.ts';
import { parseAlarmDefinition, type AlarmDefinition } from './alarmDefinition.ts';
import { evaluate, evaluationRange, type AlarmState } from './alarmEvaluator.ts';
import { alarmNotification, type Notification } from './alarmNotification.ts';
import { evaluateQueries } from './metricDataQuery.ts';
import type { MetricStore } from './metricStore.ts';

export interface Alarm {
  readonly arn: string;
  readonly definition: AlarmDefinition;
  state: AlarmState;
  stateReason: string;
  /** When the state last changed, Unix milliseconds. */
  stateChangedMs: number;
  configuredMs: number;
}

export interface StateChange {
  alarm: Alarm;
  from: AlarmState;
  to: AlarmState;
  reason: string;
  atMs: number;
}

export interface HistoryItem {
  alarmName: string;
  timestampMs: number;
  type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  summary: string;
  data: Readonly<Record<string, unknown>>;
}

interface AlarmsOptions extends Account {
  metrics: MetricStore;
  /** Delivers a notification to an SNS topic. */
  publish(topicArn: string, notification: Notification): Promise<void>;
}

const historyLimit = 2_000;

/** The stage's metric alarms: their states, their history, and their actions, which run on a change only. */
export class Alarms extends EventEmitter<{ stateChange: [StateChange] }> {
  readonly #options: AlarmsOptions;
  readonly #byName = new Map<string, Alarm>();
  readonly #history: HistoryItem[] = [];

  constructor(options: AlarmsOptions) {
    super();
    this.#options = options;
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
    this.#record({
      alarmName: name,
      timestampMs: nowMs,
      type: 'ConfigurationUpdate',
      summary: `Alarm "${name}" ${existing ? 'updated' : 'created'}`,
      data: {},
    });
    return alarm;
  }

  all(): Alarm[] {
    return [...this.#byName.values()];
  }

  /** Newest first. */
  history(): HistoryItem[] {
    return this.#history.toReversed();
  }

  /** Evaluates every alarm at a point in time and delivers the actions of those whose state changed. */
  async tick(nowMs: number): Promise<void> {
    const changes = this.all().flatMap((alarm) => this.#evaluate(alarm, nowMs) ?? []);
    for (const change of changes) this.emit('stateChange', change);
    await Promise.all(changes.map((change) => this.#act(change)));
  }

  #evaluate(alarm: Alarm, nowMs: number): StateChange | undefined {
    const { rule, queries } = alarm.definition;
    const range = evaluationRange(rule, nowMs);
    const datapoints = evaluateQueries(queries, this.#options.metrics, range)[0]?.datapoints ?? [];
    const { state, reason } = evaluate(rule, datapoints, nowMs, alarm.state);
    if (state === alarm.state) return undefined;
    const change = { alarm, from: alarm.state, to: state, reason, atMs: nowMs };
    alarm.state = state;
    alarm.stateReason = reason;
    alarm.stateChangedMs = nowMs;
    this.#record({
      alarmName: alarm.definition.properties.AlarmName,
      timestampMs: nowMs,
      type: 'StateUpdate',
      summary: `Alarm updated from ${change.from} to ${change.to}`,
      data: { oldState: { stateValue: change.from }, newState: { stateValue: state, stateReason: reason } },
    });
    return change;
  }

  async #act(change: StateChange): Promise<void> {
    const { properties } = change.alarm.definition;
    if (!properties.ActionsEnabled) return;
    const actions = {
      ALARM: properties.AlarmActions,
      OK: properties.OKActions,
      INSUFFICIENT_DATA: properties.InsufficientDataActions,
    }[change.to];
    const notification = alarmNotification(change, this.#options);
    await Promise.all(
      actions.map(async (action) => {
        const error = await this.#deliver(action, notification);
        this.#record({
          alarmName: properties.AlarmName,
          timestampMs: change.atMs,
          type: 'Action',
          summary: error
            ? `Failed to execute action ${action}: ${error}`
            : `Successfully executed action ${action}`,
          data: { actionState: error ? 'Failed' : 'Succeeded', notificationResource: action },
        });
      }),
    );
  }

  /** What went wrong, or undefined: one action that fails must not keep the others from running. */
  async #deliver(action: string, notification: Notification): Promise<string | undefined> {
    if (!action.startsWith('arn:aws:sns:')) return 'only SNS topics are supported as actions on this stage';
    try {
      await this.#options.publish(action, notification);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #record(item: HistoryItem): void {
    this.#history.push(item);
    if (this.#history.length > historyLimit) this.#history.shift();
  }
}
