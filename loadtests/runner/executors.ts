import { setImmediate } from 'node:timers/promises';
import type { ScenarioOptions } from './options.ts';
import { durationMs, mostUsers, startsOf } from './schedule.ts';
import type { Share } from './share.ts';
import type { VirtualUser } from './virtualUser.ts';

/** What an executor needs of the engine. */
export interface ExecutorContext {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Waits for an instant; false when the run was stopped meanwhile. */
  waitUntil: (instantMs: number) => Promise<boolean>;
  stopped: () => boolean;
  newUser: () => VirtualUser;
  /** An iteration that did not begin: no user was free, or the scenario was over before the engine came to it. */
  dropped: (intendedMs: number, why: 'noUser' | 'over') => void;
}

/**
 * Starts an instance's iterations of a scenario; what it returns are those still running when no more are started.
 * @param share what the instance has of the whole
 */
export async function runScenario(
  options: ScenarioOptions,
  startMs: number,
  share: Share,
  context: ExecutorContext,
): Promise<Promise<unknown>[]> {
  const own = share.byUsers(mostUsers(options));
  if (!own) return [];
  switch (options.executor) {
    case 'constant-arrival-rate':
    case 'ramping-arrival-rate': {
      const users = {
        atFirst: share.part(options.preAllocatedVUs),
        atMost: share.part(mostUsers(options)),
      };
      return await arrivals(startsOf(options, own) ?? [], durationMs(options), users, startMs, own, context);
    }
    case 'shared-iterations': {
      const total = own.part(options.iterations);
      return iterate(share.part(options.vus), () => true, total, options.maxDuration, startMs, own, context);
    }
    case 'per-vu-iterations': {
      const users = share.part(options.vus);
      return iterate(
        users,
        (ofThisUser) => ofThisUser < options.iterations,
        users * options.iterations,
        options.maxDuration,
        startMs,
        own,
        context,
      );
    }
  }
}

/** The last start of a schedule lies on its end; a timer brings it a hair later. */
const overdueMs = 100;

/** So many starts may be due at once before sockets get their turn. */
const burst = 64;

/**
 * Open model: iterations start when the schedule says, whether or not earlier ones have ended. Where no user
 * is free another is made, up to the most; beyond that the iteration is dropped and counted. As in k6, nothing
 * begins once the scenario's time is over: what an engine that stood still has left is dropped too.
 */
async function arrivals(
  starts: Iterable<number>,
  scenarioMs: number,
  { atFirst, atMost }: { atFirst: number; atMost: number },
  startMs: number,
  share: Share,
  context: ExecutorContext,
): Promise<Promise<unknown>[]> {
  const running = new Set<Promise<void>>();
  const free = Array.from({ length: atFirst }, () => context.newUser());
  let users = atFirst;
  let iteration = 0;
  let withoutWaiting = 0;
  for (const offsetMs of starts) {
    const intendedMs = startMs + offsetMs;
    if (intendedMs > context.now()) {
      withoutWaiting = 0;
      await context.waitUntil(intendedMs);
    } else if (++withoutWaiting % burst === 0) {
      await setImmediate();
    }
    if (context.stopped()) break;
    if (context.now() > startMs + scenarioMs + overdueMs) {
      context.dropped(intendedMs, 'over');
      continue;
    }
    let user = free.pop();
    if (!user && users < atMost) {
      user = context.newUser();
      users += 1;
    }
    if (!user) {
      context.dropped(intendedMs, 'noUser');
      continue;
    }
    const worker = user;
    const run = worker.iterate(intendedMs, share.nth(iteration++)).then(() => {
      free.push(worker);
      running.delete(run);
    });
    running.add(run);
  }
  return [...running];
}

/** Closed model: each user starts its next iteration when the one before has ended. */
function iterate(
  users: number,
  userMay: (iterationsOfUser: number) => boolean,
  total: number,
  maxDurationMs: number,
  startMs: number,
  share: Share,
  context: ExecutorContext,
): Promise<unknown>[] {
  let started = 0;
  const work = async (): Promise<void> => {
    const user = context.newUser();
    await context.waitUntil(startMs);
    for (let own = 0; started < total && userMay(own); own += 1) {
      const now = context.now();
      if (context.stopped() || now >= startMs + maxDurationMs) return;
      await user.iterate(now, share.nth(started++));
    }
  };
  return Array.from({ length: users }, work);
}
