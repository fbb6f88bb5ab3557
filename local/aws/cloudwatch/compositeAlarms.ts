import type { Account } from '../account.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import type { AlarmActions } from './alarmActions.ts';
import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';
import type { AlarmHistory } from './alarmHistory.ts';
import { lookAtComposite, newComposite, type CompositeMemory } from '../../../cloudwatch/compositeActions.ts';
import { parseCompositeDefinition } from '../../../cloudwatch/compositeDefinition.ts';
import type { ChildAlarm, CompositeAlarm } from './compositeAlarm.ts';
import { compositeNotification } from './compositeNotification.ts';
import { holds } from '../../../cloudwatch/compositeRule.ts';

interface Entry {
  alarm: CompositeAlarm;
  /** The state before the one it is in: an action may run long after the change it tells of. */
  stateBefore: AlarmState;
  memory: CompositeMemory;
  /** The children's states when the state was set by hand: it holds until one of them changes. */
  setWhile: string | null;
}

interface CompositeAlarmsOptions extends Account {
  history: AlarmHistory;
  actions: AlarmActions;
  /** A metric alarm by its name. */
  metricAlarm: (name: string) => ChildAlarm | undefined;
}

/** The stage's composite alarms. They follow their children at each tick, and act on a change only. */
export class CompositeAlarms {
  readonly #options: CompositeAlarmsOptions;
  readonly #byName = new Map<string, Entry>();

  constructor(options: CompositeAlarmsOptions) {
    this.#options = options;
  }

  /**
   * Creates a composite alarm from the properties of an AWS::CloudWatch::CompositeAlarm.
   * @throws AwsError naming a property that is wrong or not supported.
   */
  add(properties: unknown, nowMs: number): CompositeAlarm {
    const definition = parseCompositeDefinition(properties);
    const name = definition.properties.AlarmName;
    const { region, accountId, history } = this.#options;
    const alarm: CompositeAlarm = {
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      definition,
      state: 'INSUFFICIENT_DATA',
      stateReason: 'Unchecked: Initial alarm creation',
      stateChangedMs: nowMs,
      configuredMs: nowMs,
      suppressedBy: null,
    };
    this.#byName.set(name, {
      alarm,
      stateBefore: alarm.state,
      memory: newComposite(),
      setWhile: null,
    });
    history.recordConfiguration({ alarmName: name, alarmType: 'CompositeAlarm' }, 'created', nowMs);
    return alarm;
  }

  all(): CompositeAlarm[] {
    return [...this.#byName.values()].map(({ alarm }) => alarm);
  }

  get(name: string): CompositeAlarm | undefined {
    return this.#byName.get(name)?.alarm;
  }

  /** What refers to it finds it without data from now on. */
  remove(name: string): void {
    this.#byName.delete(name);
  }

  /**
   * To be called once all alarms are there: CloudWatch refuses a rule that names an alarm it doesn't have.
   * @throws AwsError naming the composite and the missing alarm.
   */
  checkReferences(): void {
    for (const { alarm } of this.#byName.values()) {
      const { properties, children, suppressor } = alarm.definition;
      for (const name of [...children, ...(suppressor ? [suppressor.alarm] : [])]) {
        if (this.#child(name)) continue;
        throw invalidParameterValue(
          `composite alarm "${properties.AlarmName}" refers to "${name}": expected an alarm of this stage`,
        );
      }
    }
  }

  /** The state until one of the children changes its own. */
  set(name: string, state: AlarmState, reason: string, nowMs: number): void {
    const entry = this.#byName.get(name);
    if (!entry) return;
    entry.setWhile = this.#childStates(entry);
    this.#change(entry, state, reason, nowMs);
  }

  async tick(nowMs: number): Promise<void> {
    this.#settle(nowMs);
    await Promise.all([...this.#byName.values()].map((entry) => this.#act(entry, nowMs)));
  }

  /** Composites may be children of composites: as many rounds as they can be deep. */
  #settle(nowMs: number): void {
    for (let round = 0; round < this.#byName.size; round += 1) {
      let changed = false;
      for (const entry of this.#byName.values()) {
        const { rule, children } = entry.alarm.definition;
        if (entry.setWhile !== null && entry.setWhile === this.#childStates(entry)) continue;
        entry.setWhile = null;
        const stateOf = (name: string): AlarmState => this.#child(name)?.state ?? 'INSUFFICIENT_DATA';
        const state = holds(rule, stateOf) ? 'ALARM' : 'OK';
        if (state === entry.alarm.state) continue;
        changed = true;
        this.#change(entry, state, this.#reason(children), nowMs);
      }
      if (!changed) return;
    }
  }

  async #act(entry: Entry, nowMs: number): Promise<void> {
    const { alarm } = entry;
    const { properties, suppressor, children } = alarm.definition;
    const now = {
      state: alarm.state,
      suppressor: suppressor ? this.#child(suppressor.alarm)?.state : undefined,
      atMs: nowMs,
    };
    const look = lookAtComposite(entry.memory, now, suppressor);
    entry.memory = look.memory;
    alarm.suppressedBy = look.suppressedBy;
    if (look.act === null) return;
    const triggering = children.flatMap((name) => this.#child(name) ?? []);
    const change = { from: entry.stateBefore, triggering };
    const notification = compositeNotification(alarm, change, this.#options);
    await this.#options.actions.run(properties, look.act, notification, {
      alarmType: 'CompositeAlarm',
      atMs: nowMs,
    });
  }

  #change(entry: Entry, state: AlarmState, reason: string, nowMs: number): void {
    const { alarm } = entry;
    if (state !== alarm.state) {
      entry.stateBefore = alarm.state;
      this.#options.history.record({
        alarmName: alarm.definition.properties.AlarmName,
        alarmType: 'CompositeAlarm',
        timestampMs: nowMs,
        type: 'StateUpdate',
        summary: `Alarm updated from ${alarm.state} to ${state}`,
        data: {
          oldState: { stateValue: alarm.state },
          newState: { stateValue: state, stateReason: reason },
        },
      });
      alarm.stateChangedMs = nowMs;
    }
    alarm.state = state;
    alarm.stateReason = reason;
  }

  /** CloudWatch's sentence, about the child that changed last. */
  #reason(children: readonly string[]): string {
    const newest = children
      .flatMap((name) => this.#child(name) ?? [])
      .reduce<ChildAlarm | undefined>(
        (last, child) => (last && last.stateChangedMs >= child.stateChangedMs ? last : child),
        undefined,
      );
    if (!newest) return 'its rule has no alarms';
    const at = new Date(newest.stateChangedMs).toISOString();
    return `${newest.arn} transitioned to ${newest.state} at ${at}`;
  }

  #childStates({ alarm }: Entry): string {
    return alarm.definition.children.map((name) => this.#child(name)?.state ?? '').join();
  }

  #child(name: string): ChildAlarm | undefined {
    return this.#byName.get(name)?.alarm ?? this.#options.metricAlarm(name);
  }
}
