import { setImmediate } from 'node:timers/promises';
import type { ScenarioOptions } from './options.ts';
import type { RunCounts } from './runCounts.ts';
import { durationMs, mostUsers, startsOf, userStepsOf } from './schedule.ts';
import type { Share } from './share.ts';
import type { User } from './virtualUser.ts';

/** What an executor needs of the engine. */
export interface ExecutorContext {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Waits for an instant; false when the run was stopped meanwhile. */
  waitUntil: (instantMs: number) => Promise<boolean>;
  stopped: () => boolean;
  newUser: () => User;
  /** An iteration that did not begin: no user was free, or the scenario was over before the engine came to it. */
  dropped: (intendedMs: number, why: 'noUser' | 'over' | 'notReached', count?: number) => void;
  counts: RunCounts;
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
    case 'constant-vus': {
      const endless = { users: share.part(options.vus), ofUser: Infinity, total: Infinity };
      return iterate(endless, options.duration, startMs, own, context);
    }
    case 'ramping-vus':
      return [rampingUsers(options, startMs, share, context)];
    case 'shared-iterations': {
      const total = own.part(options.iterations);
      const work = { users: share.part(options.vus), ofUser: Infinity, total };
      return iterate(work, options.maxDuration, startMs, own, context);
    }
    case 'per-vu-iterations': {
      const users = share.part(options.vus);
      const work = { users, ofUser: options.iterations, total: users * options.iterations };
      return iterate(work, options.maxDuration, startMs, own, context);
    }
  }
}

/** The last start of a schedule lies on its end; a timer brings it a hair later. */
const overdueMs = 100;

/** One iteration, and what is counted of it. */
async function iterateOnce(
  user: User,
  intendedMs: number,
  index: number,
  share: Share,
  { counts }: ExecutorContext,
): Promise<void> {
  await user.iterate(intendedMs, { inTest: share.nth(index), inInstance: index });
  counts.add(user.interrupted ? 'interrupted' : 'completed', 1);
}

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
  context.counts.add('active', users);
  let iteration = 0;
  for (const offsetMs of starts) {
    const intendedMs = startMs + offsetMs;
    if (intendedMs > context.now()) await context.waitUntil(intendedMs);
    // Of starts that are due at once each request goes out, and answers come in, before the next begins.
    else await setImmediate();
    if (context.stopped()) break;
    if (context.now() > startMs + scenarioMs + overdueMs) {
      context.dropped(intendedMs, 'over');
      continue;
    }
    let user = free.pop();
    if (!user && users < atMost) {
      user = context.newUser();
      users += 1;
      context.counts.add('active', 1);
    }
    if (!user) {
      context.dropped(intendedMs, 'noUser');
      continue;
    }
    const worker = user;
    const run = iterateOnce(worker, intendedMs, iteration++, share, context).then(() => {
      free.push(worker);
      running.delete(run);
    });
    running.add(run);
  }
  void Promise.allSettled(running).then(() => context.counts.add('active', -users));
  return [...running];
}

/** Closed model: each user starts its next iteration when the one before has ended. */
function iterate(
  { users, ofUser, total }: { users: number; ofUser: number; total: number },
  mostMs: number,
  startMs: number,
  share: Share,
  context: ExecutorContext,
): Promise<unknown>[] {
  let started = 0;
  const work = async (): Promise<void> => {
    const user = context.newUser();
    context.counts.add('active', 1);
    await context.waitUntil(startMs);
    for (let own = 0; started < total && own < ofUser; own += 1) {
      const now = context.now();
      if (context.stopped() || user.interrupted || now >= startMs + mostMs) break;
      await iterateOnce(user, now, started++, share, context);
      // A script that waits for nothing must not keep the others from their sockets.
      await setImmediate();
    }
    context.counts.add('active', -1);
  };
  const working = Array.from({ length: users }, work);
  const over = Promise.all(working).then(() => {
    const left = total - started;
    if (Number.isFinite(left) && left > 0) context.dropped(startMs + mostMs, 'notReached', left);
  });
  return [over];
}

/** Closed model, with users that come and go: who goes may end its iteration within `gracefulRampDown`. */
async function rampingUsers(
  options: Extract<ScenarioOptions, { executor: 'ramping-vus' }>,
  startMs: number,
  share: Share,
  context: ExecutorContext,
): Promise<void> {
  let started = 0;
  const totalMs = durationMs(options);
  const endMs = startMs + totalMs;
  const next = (): number => started++;
  const places = Array.from(
    { length: share.part(mostUsers(options)) },
    () => new Place(options.gracefulRampDown, endMs, share, next, context),
  );
  let users = 0;
  for (const { atMs, users: ofAll } of userStepsOf(options)) {
    // Who would come or go at the very end has nothing to begin any more.
    if (atMs >= totalMs || !(await context.waitUntil(startMs + atMs))) break;
    const wanted = share.part(ofAll);
    for (; users < wanted; users += 1) places[users]?.begin();
    for (; users > wanted; users -= 1) places[users - 1]?.end();
  }
  await context.waitUntil(endMs);
  await Promise.all(places.map((place) => place.idle()));
}

/** Where one user of a ramp works, while the ramp has one there. */
class Place {
  readonly #gracefulMs: number;
  readonly #endMs: number;
  readonly #share: Share;
  readonly #next: () => number;
  readonly #context: ExecutorContext;
  #user: User | null = null;
  #wanted = false;
  #working: Promise<unknown> | null = null;
  #interruption: NodeJS.Timeout | undefined;

  /** @param next numbers the scenario's iterations */
  constructor(gracefulMs: number, endMs: number, share: Share, next: () => number, context: ExecutorContext) {
    this.#gracefulMs = gracefulMs;
    this.#endMs = endMs;
    this.#share = share;
    this.#next = next;
    this.#context = context;
  }

  begin(): void {
    this.#wanted = true;
    clearTimeout(this.#interruption);
    // A user that cannot be made ends the run: the engine is told of it where it makes one.
    this.#working ??= this.#work().then(
      () => (this.#working = null),
      () => (this.#working = null),
    );
  }

  end(): void {
    this.#wanted = false;
    if (!this.#working) return;
    this.#interruption = setTimeout(() => this.#user?.interrupt(), this.#gracefulMs);
  }

  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { counts, now, newUser, stopped } = this.#context;
    counts.add('active', 1);
    while (this.#wanted && !stopped() && now() < this.#endMs) {
      if (!this.#user || this.#user.interrupted) this.#user = newUser();
      await iterateOnce(this.#user, now(), this.#next(), this.#share, this.#context);
      await setImmediate();
    }
    clearTimeout(this.#interruption);
    counts.add('active', -1);
  }
}
