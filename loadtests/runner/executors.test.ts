import { expect, test } from 'vitest';
import { runScenario } from './executors.ts';
import { RunCounts } from './runCounts.ts';
import { wholeShare } from './share.ts';
import type { User } from './virtualUser.ts';

test('of iterations due at once each sends its request before the next begins', async () => {
  const seen: string[] = [];
  const user: User = {
    iterate: () => {
      seen.push('begins');
      // As undici does on a connection that was idle.
      setImmediate(() => seen.push('sends'));
      return Promise.resolve();
    },
    interrupt: () => undefined,
    interrupted: false,
  };
  const scenario = {
    executor: 'constant-arrival-rate',
    rate: 3,
    timeUnit: 1,
    duration: 1,
    preAllocatedVUs: 3,
    exec: 'default',
    env: {},
    tags: {},
    startTime: 0,
    gracefulStop: 0,
  } as const;
  const running = await runScenario(scenario, 0, wholeShare, {
    now: () => 2,
    waitUntil: () => Promise.resolve(true),
    stopped: () => false,
    newUser: () => user,
    dropped: () => expect.unreachable('each has a user'),
    counts: new RunCounts(),
  });
  await Promise.all(running);
  expect(seen).toEqual(['begins', 'sends', 'begins', 'sends', 'begins']);
});
