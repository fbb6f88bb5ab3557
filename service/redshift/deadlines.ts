import type { Clock } from '../../core/clock.ts';

/**
 * Ends what takes too long, one piece of work after another. The timer is not taken back when work is
 * done in time, as it nearly always is: it finds nothing overdue, and waits on for whatever runs then.
 */
export interface Deadlines {
  /** Calls `onOverdue` when the work that begins now is not done `withinMs` later. */
  begin(withinMs: number, onOverdue: () => void): void;
  /** The work is done. */
  end(): void;
  /** Takes the timers back, until work begins again. */
  close(): void;
}

export function createDeadlines(clock: Clock): Deadlines {
  let closed = new AbortController();
  let work: { deadlineMs: number; onOverdue: () => void } | undefined;
  let nextLookMs = Infinity;

  function lookAt(atMs: number): void {
    nextLookMs = atMs;
    clock.sleep(Math.max(0, atMs - clock.now()), closed.signal).then(
      () => {
        if (nextLookMs === atMs) nextLookMs = Infinity;
        look();
      },
      () => {
        // Closed.
      },
    );
  }

  function look(): void {
    if (!work) return;
    if (clock.now() < work.deadlineMs) {
      if (work.deadlineMs < nextLookMs) lookAt(work.deadlineMs);
      return;
    }
    const { onOverdue } = work;
    work = undefined;
    onOverdue();
  }

  return {
    begin(withinMs, onOverdue) {
      work = { deadlineMs: clock.now() + withinMs, onOverdue };
      if (work.deadlineMs < nextLookMs) lookAt(work.deadlineMs);
    },
    end() {
      work = undefined;
    },
    close() {
      closed.abort();
      closed = new AbortController();
      nextLookMs = Infinity;
    },
  };
}
