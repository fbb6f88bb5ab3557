import { AwsError } from '../errors.ts';

export interface LogEvent {
  timestampMs: number;
  message: string;
}

/** Inclusive start, exclusive end, Unix milliseconds. */
export interface TimeRange {
  startMs: number;
  endMs: number;
}

/** Where a log group's lines are: oldest first. */
export type LogSource = (range: TimeRange) => Promise<readonly LogEvent[]>;

export interface LogGroup {
  name: string;
  createdMs: number;
  sources: LogSource[];
  /** What looks at each line as it is written. */
  filters: ((line: LogEvent) => void)[];
}

/** The stage's log groups. Their lines stay with whoever writes them; nothing is kept twice. */
export class LogGroups {
  readonly #byName = new Map<string, LogGroup>();

  /** Makes a group, where there is none of this name. */
  add(name: string, createdMs: number): LogGroup {
    let group = this.#byName.get(name);
    if (!group) this.#byName.set(name, (group = { name, createdMs, sources: [], filters: [] }));
    return group;
  }

  /** By name. */
  all(): LogGroup[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * A group's lines, oldest first.
   * @throws AwsError `ResourceNotFoundException`
   */
  async read(name: string, range: TimeRange): Promise<LogEvent[]> {
    const group = this.#byName.get(name);
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    const lines = await Promise.all(group.sources.map((source) => source(range)));
    return lines.flat().sort((a, b) => a.timestampMs - b.timestampMs);
  }
}
