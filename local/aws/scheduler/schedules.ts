import { AwsError } from '../errors.ts';

/** A schedule that fires once. */
export interface OneTimeSchedule {
  name: string;
  arn: string;
  groupName: string;
  /** `at(yyyy-mm-ddThh:mm:ss)`, in UTC. */
  expression: string;
  fireAtMs: number;
  description?: string | undefined;
  target: { arn: string; roleArn: string; input: string };
  /** What becomes of the schedule once it has fired. */
  afterCompletion: 'NONE' | 'DELETE';
  createdMs: number;
  clientToken?: string | undefined;
}

/** EventBridge Scheduler's one-time schedules. */
export class OneTimeSchedules {
  readonly #byName = new Map<string, OneTimeSchedule & { fired: boolean }>();

  /**
   * The same call again, with the same client token, changes nothing.
   * @throws AwsError `ConflictException` when the name is taken.
   */
  create(schedule: OneTimeSchedule): OneTimeSchedule {
    const existing = this.#byName.get(schedule.name);
    if (existing) {
      const repeated = schedule.clientToken !== undefined && schedule.clientToken === existing.clientToken;
      if (repeated) return existing;
      throw new AwsError('ConflictException', `Schedule ${schedule.name} already exists.`, {
        statusCode: 409,
      });
    }
    this.#byName.set(schedule.name, { ...schedule, fired: false });
    return schedule;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(name: string): OneTimeSchedule {
    const schedule = this.#byName.get(name);
    if (schedule) return schedule;
    throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, { statusCode: 404 });
  }

  /** By name. */
  all(): OneTimeSchedule[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError `ResourceNotFoundException` */
  delete(name: string): void {
    this.get(name);
    this.#byName.delete(name);
  }

  /** What is due to fire now; each is given once, and is gone then when it asked for that. */
  takeDue(nowMs: number): OneTimeSchedule[] {
    const due = [...this.#byName.values()].filter(({ fired, fireAtMs }) => !fired && fireAtMs <= nowMs);
    for (const schedule of due) {
      schedule.fired = true;
      if (schedule.afterCompletion === 'DELETE') this.#byName.delete(schedule.name);
    }
    return due;
  }
}
