export interface HistoryItem {
  alarmName: string;
  alarmType: 'MetricAlarm' | 'CompositeAlarm';
  timestampMs: number;
  type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  summary: string;
  data: Readonly<Record<string, unknown>>;
}

const itemsKept = 5_000;

/** What happened to the stage's alarms; the oldest is forgotten first. */
export class AlarmHistory {
  readonly #items: HistoryItem[] = [];

  record(item: HistoryItem): void {
    this.#items.push(item);
    if (this.#items.length > itemsKept) this.#items.shift();
  }

  recordConfiguration(
    alarm: Pick<HistoryItem, 'alarmName' | 'alarmType'>,
    what: 'created' | 'updated' | 'deleted',
    timestampMs: number,
  ): void {
    const summary = `Alarm "${alarm.alarmName}" ${what}`;
    this.record({ ...alarm, timestampMs, type: 'ConfigurationUpdate', summary, data: {} });
  }

  /** Newest first. */
  items(): HistoryItem[] {
    return this.#items.toReversed();
  }
}
