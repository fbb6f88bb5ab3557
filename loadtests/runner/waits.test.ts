import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Waits } from './waits.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

it('waits for an instant, also where a timer comes early', async () => {
  // A clock that is behind the timers by a millisecond.
  const waits = new Waits(() => Date.now() - 1, new AbortController().signal);
  const reached = vi.fn<(inTime: boolean) => void>();
  void waits.until(10).then(reached);
  await vi.advanceTimersByTimeAsync(10);
  expect(reached).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(reached).toHaveBeenCalledExactlyOnceWith(true);
  expect(await waits.until(3)).toBe(true);
});

it('gives up when the run is stopped, by one listener for all', async () => {
  const stop = new AbortController();
  const waits = new Waits(Date.now, stop.signal);
  const all = Array.from({ length: 20 }, () => waits.until(60_000));
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort();
  expect(new Set(await Promise.all(all))).toEqual(new Set([false]));
  expect(vi.getTimerCount()).toBe(0);
  expect(await waits.until(0)).toBe(false);
});
