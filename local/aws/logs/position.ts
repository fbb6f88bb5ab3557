import type { LogEvent } from './logGroups.ts';
import { invalidLogsInput } from './shapes.ts';

/** An event with its place among those of its millisecond, which stays what it is whatever else is written or forgotten. */
export interface PlacedEvent extends LogEvent {
  ordinal: number;
}

/** Between two events: after so many of a millisecond. */
export interface Position {
  timestampMs: number;
  after: number;
}

/** @param events all of a stretch of time that begins with a millisecond, oldest first */
export function placed(events: readonly LogEvent[]): PlacedEvent[] {
  let last: PlacedEvent | undefined;
  return events.map((event) => {
    const ordinal = last?.timestampMs === event.timestampMs ? last.ordinal + 1 : 0;
    last = { ...event, ordinal };
    return last;
  });
}

export const positionAfter = ({ timestampMs, ordinal }: PlacedEvent): Position => ({
  timestampMs,
  after: ordinal + 1,
});

export const positionBefore = ({ timestampMs, ordinal }: PlacedEvent): Position => ({
  timestampMs,
  after: ordinal,
});

export const isAfter = ({ timestampMs, ordinal }: PlacedEvent, position: Position): boolean =>
  timestampMs === position.timestampMs ? ordinal >= position.after : timestampMs > position.timestampMs;

/** 56 digits, as those of CloudWatch Logs. */
export const eventIdOf = ({ timestampMs, ordinal }: PlacedEvent): string =>
  `${timestampMs}${String(ordinal).padStart(56 - String(timestampMs).length, '0')}`;

/** `f/…` leads forward in time, `b/…` back. */
export const tokenOf = (direction: 'f' | 'b', { timestampMs, after }: Position): string =>
  `${direction}/${timestampMs}/${after}`;

/** @throws AwsError `InvalidParameterException` */
export function readToken(token: string): { direction: 'f' | 'b'; position: Position } {
  const [, direction, timestampMs, after] = /^([fb])\/(\d{1,15})\/(\d{1,9})$/.exec(token) ?? [];
  if (direction === undefined)
    throw invalidLogsInput('nextToken: expected a token that this action returned');
  return {
    direction: direction as 'f' | 'b',
    position: { timestampMs: Number(timestampMs), after: Number(after) },
  };
}
