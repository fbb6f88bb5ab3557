import type { Clock } from '../../core/clock.ts';

/** Between two looks at the clock, and how late a look may be in a busy process that was not frozen. */
const lookEveryMs = 50;
const busyMs = 50;

/**
 * Watches for how long this process does not run: Lambda freezes an environment between invocations, and
 * thaws it with every timer overdue.
 * @param signal ends the watch
 * @returns how long it was frozen since the watch began, in milliseconds
 */
export function watchFrozenTime(clock: Clock, signal: AbortSignal): () => number {
  let lastMs = clock.now();
  let frozenMs = 0;
  const look = (): number => {
    const nowMs = clock.now();
    frozenMs += Math.max(0, nowMs - lastMs - lookEveryMs - busyMs);
    lastMs = nowMs;
    return frozenMs;
  };
  const watch = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(lookEveryMs, signal);
      look();
    }
  };
  watch().catch(() => {
    // The signal ended it.
  });
  return look;
}
