import type { LoggedError } from './loggedErrors.ts';

/** Failures of one kind, of all systems together. */
export interface FailureKind extends Pick<LoggedError, 'level' | 'errorCode' | 'service' | 'cause'> {
  count: number;
  /** How many systems logged it, and the one that did most. */
  systems: number;
  most: string;
}

/** By level, code, function and cause, the most frequent first. */
export function failureKinds(errors: readonly LoggedError[]): FailureKind[] {
  const kinds = Map.groupBy(errors, ({ level, errorCode, service, cause }) =>
    [level, errorCode, service, cause].join('\0'),
  );
  return [...kinds.values()]
    .map((kind) => {
      const [most] = kind.toSorted((a, b) => b.count - a.count);
      const { level, errorCode, service, cause, system } = most!;
      const count = kind.reduce((sum, one) => sum + one.count, 0);
      const systems = new Set(kind.map((one) => one.system)).size;
      return { level, errorCode, service, cause, count, systems, most: system };
    })
    .toSorted((a, b) => b.count - a.count);
}
