/**
 * What the profiles with rates share: scenarios of an arrival rate that changes in straight lines, the iteration
 * that asks for a seeded client and compares the whole answer, and what is expected of the answers.
 */
import exec from 'k6/execution';
import type { ObjectThreshold, Options, Scenario } from 'k6/options';
import { limits } from '../../../monitoring/limits.ts';
import { bodyOf, call, type Answer, type Call } from './api.ts';
import { clientOf, seededIdOf, type Client } from './clients.ts';
import type { Target } from './target.ts';

/** A straight line from the rate before to `perSecond`. */
export interface Stretch {
  seconds: number;
  perSecond: number;
}

export interface Course {
  /** Iterations a second at the beginning. */
  fromPerSecond: number;
  stretches: readonly Stretch[];
  /** After the run's start. */
  startSeconds?: number;
  /** Of everything that is measured, so that thresholds can name it. */
  tags: Readonly<Record<string, string>>;
}

// k6 takes whole numbers only: by the minute, a rate keeps two digits more.
const perMinute = (perSecond: number): number => Math.max(1, Math.round(perSecond * 60));

export function scenarioOf({ fromPerSecond, stretches, startSeconds, tags }: Course): Scenario {
  const greatest = Math.max(fromPerSecond, ...stretches.map(({ perSecond }) => perSecond));
  return {
    executor: 'ramping-arrival-rate',
    ...(startSeconds === undefined ? {} : { startTime: `${startSeconds}s` }),
    startRate: fromPerSecond === 0 ? 0 : perMinute(fromPerSecond),
    timeUnit: '1m',
    stages: stretches.map(({ seconds, perSecond }) => ({
      duration: `${seconds}s`,
      target: perMinute(perSecond),
    })),
    // Little's law: as many users as requests under way, for answers at the latency limit; five times as
    // many when a database is away and requests wait for timeouts.
    preAllocatedVUs: Math.ceil((greatest * limits.latencyP99Ms) / 1_000),
    maxVUs: Math.max(10, Math.ceil((5 * greatest * limits.latencyP99Ms) / 1_000)),
    gracefulStop: '10s',
    tags: { ...tags },
  };
}

type Thresholds = NonNullable<Options['thresholds']>;

/**
 * Errors and latency within their limits, of what carries these tags.
 * @param abort given, a crossed limit ends the run
 */
export function withinLimits(
  tags: Readonly<Record<string, string>>,
  abort?: Omit<ObjectThreshold, 'threshold'>,
): Thresholds {
  const of = Object.entries(tags)
    .map(([tag, value]) => `${tag}:${value}`)
    .join(',');
  const expected = (threshold: string): string | ObjectThreshold =>
    abort === undefined ? threshold : { threshold, ...abort };
  return {
    // A rate without samples passes in k6: the count says that there were some.
    [`http_reqs{${of}}`]: ['count>0'],
    [`checks{${of}}`]: [expected(`rate>=${1 - limits.errorRatePercent / 100}`)],
    [`http_req_failed{${of}}`]: [expected(`rate<=${limits.errorRatePercent / 100}`)],
    [`http_req_duration{${of}}`]: [expected(`p(99)<=${limits.latencyP99Ms}`)],
  };
}

/** Up to the expected peak of every system, and held there. */
export function rampAndHold(
  targets: readonly Target[],
  shape: { rampSeconds: number; holdSeconds: number; rateScale: number },
): Options {
  const scenarios: Record<string, Scenario> = {};
  const thresholds: Thresholds = {};
  for (const { system, requestsPerSecond } of targets) {
    const perSecond = requestsPerSecond * shape.rateScale;
    scenarios[system] = scenarioOf({
      fromPerSecond: 0,
      stretches: [
        { seconds: shape.rampSeconds, perSecond },
        { seconds: shape.holdSeconds, perSecond },
      ],
      tags: { system },
    });
    Object.assign(thresholds, withinLimits({ system }));
  }
  return { scenarios, thresholds, maxRedirects: 0 };
}

function isClient(answer: Answer, expected: Client): boolean {
  const body = bodyOf(answer);
  return (
    body !== undefined &&
    body['id'] === expected.id &&
    body['nombre'] === expected.nombre &&
    body['apellido'] === expected.apellido &&
    body['rut'] === expected.rut &&
    body['correo'] === expected.correo
  );
}

/**
 * One iteration: asks the scenario's system for another seeded client and compares the whole answer.
 * @param targets systems by the scenarios that load them
 */
export async function askForClient(
  targets: Readonly<Record<string, Target>>,
  signer: NonNullable<Call['signer']>,
): Promise<void> {
  const { name: scenario, iterationInTest } = exec.scenario;
  const target = targets[scenario];
  if (!target) throw new Error(`scenario "${scenario}" has no target in HEADROOM_TARGETS`);
  const id = seededIdOf(iterationInTest, scenario);
  const expected = clientOf(id);
  await call(
    target,
    { name: 'getClient', path: '/getClient', query: { client_id: String(id) }, statuses: [200], signer },
    {
      'status is 200': (answer) => answer.status === 200,
      'body is the client asked for': (answer) => isClient(answer, expected),
    },
  );
}

/** For scenarios that are named after their systems. */
export const bySystem = (targets: readonly Target[]): Record<string, Target> =>
  Object.fromEntries(targets.map((target) => [target.system, target]));
