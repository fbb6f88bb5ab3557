import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

it('a sleep that is aborted says why it was', async () => {
  const reason = new Error('the stage is gone');
  const stop = new AbortController();
  const sleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});
