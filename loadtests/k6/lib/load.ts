/**
 * What the profiles with rates share: for each system a scenario of requests and one of messages, both with an arrival
 * rate that follows the profile's course, and what is expected of them.
 *
 * Everything that is measured carries the tags `system`, `load` (`requests` or `messages`) and `phase`, so that a
 * threshold can be about a hold alone: what a ramp meets, cold environments among it, is no part of it.
 */
import exec from 'k6/execution';
import type { ObjectThreshold, Options, Scenario } from 'k6/options';
import type { ServiceLoad } from '../../../fleet/serviceLoad.ts';
import { limits } from '../../../monitoring/limits.ts';
import type { Signer } from './api.ts';
import { mostPeaks, peakSecondsIn, phaseAt, type Course, type Phase } from './course.ts';
import {
  firstMessageIdFromEnvironment,
  signerFromEnvironment,
  targetsFromEnvironment,
} from './environment.ts';
import { batchSizeAt } from './messages.ts';
import type { MessageTarget, Target } from './target.ts';

export interface LoadTarget extends Omit<Target, 'messages'> {
  messages?: MessageTarget & { batchSize: number };
}

export interface Load {
  service: ServiceLoad;
  course: Course;
  /** Systems by the scenarios that load them. */
  targets: Readonly<Record<string, LoadTarget>>;
  firstMessageId: number;
  /** Signs what is sent. */
  signer: Signer;
  options: Options;
}

export interface Profile {
  course: Course;
  kinds: readonly ('requests' | 'messages')[];
  /** Phases of which answers and latency are asked to be within their limits. */
  judged: readonly Phase[];
  /** Phases of which nothing is asked but that there were requests. */
  loaded?: readonly Phase[];
  /** Given, a crossed limit ends the run. */
  abort?: Omit<ObjectThreshold, 'threshold'>;
}

/** The function of a script that a scenario of messages runs; one of requests runs its default. */
const publishFunction = 'publish';

/**
 * The load of a service that a script's environment asks for.
 * @param profileOf asked once the systems are known
 * @throws Error naming a variable that is missing or broken, and when nothing is left to send
 */
export function loadFromEnvironment(service: ServiceLoad, profileOf: () => Profile): Load {
  const systems = targetsFromEnvironment();
  const signer = signerFromEnvironment();
  const firstMessageId = firstMessageIdFromEnvironment();
  return { service, ...loadOf(systems, profileOf()), firstMessageId, signer };
}

function loadOf(systems: readonly Target[], profile: Profile): Pick<Load, 'course' | 'targets' | 'options'> {
  const { course, kinds } = profile;
  const targets: Record<string, LoadTarget> = {};
  const scenarios: Record<string, Scenario> = {};
  const thresholds: Thresholds = {};
  for (const [index, { messages, ...target }] of systems.entries()) {
    const { system } = target;
    const place = index / systems.length;
    if (kinds.includes('requests')) {
      targets[system] = target;
      scenarios[system] = {
        ...arrivals(course, target.requestsPerSecond, place),
        tags: { system, load: 'requests' },
      };
      Object.assign(thresholds, expectedOfRequests(system, profile));
    }
    if (kinds.includes('messages') && messages) {
      const batchSize = batchSizeAt(messages.perSecond * mostPeaks(course));
      // No system's name has an underscore.
      const name = `${system}_messages`;
      targets[name] = { ...target, messages: { ...messages, batchSize } };
      scenarios[name] = {
        ...arrivals(course, messages.perSecond / batchSize, place),
        exec: publishFunction,
        tags: { system, load: 'messages', batch: String(batchSize) },
      };
      Object.assign(thresholds, expectedOfMessages(system, messages.perSecond, profile));
    }
  }
  if (Object.keys(scenarios).length === 0) {
    throw new Error(
      'HEADROOM_TARGETS: none of the systems expects messages, so that there is nothing to publish',
    );
  }
  return { course, targets, options: { scenarios, thresholds, maxRedirects: 0 } };
}

// k6 takes whole numbers only: by the minute, a rate keeps two digits more.
const perMinute = (perSecond: number): number => Math.max(1, Math.round(perSecond * 60));

/** No scenario begins later than this, in seconds, however rare its iterations are: the windows of a run are those of all. */
const latestStart = 1;

/**
 * @param atPeak iterations a second at the expected peak
 * @param place of the system among all, from 0 to below 1: so far into the interval between two iterations it begins, since
 *   systems of the same rate would each begin all of their iterations at one instant
 */
function arrivals({ fromPeaks, stretches }: Course, atPeak: number, place: number): Scenario {
  const greatest = atPeak * mostPeaks({ fromPeaks, stretches });
  return {
    executor: 'ramping-arrival-rate',
    startTime: `${Math.floor(place * Math.min(1 / greatest, latestStart) * 1e6)}us`,
    startRate: fromPeaks === 0 ? 0 : perMinute(atPeak * fromPeaks),
    timeUnit: '1m',
    stages: stretches.map(({ seconds, toPeaks }) => ({
      duration: `${seconds}s`,
      target: perMinute(atPeak * toPeaks),
    })),
    // Little's law: as many users as requests under way, for answers at the latency limit; five times as
    // many when a database is away and requests wait for timeouts.
    preAllocatedVUs: Math.ceil((greatest * limits.latencyP99Ms) / 1_000),
    maxVUs: Math.max(10, Math.ceil((5 * greatest * limits.latencyP99Ms) / 1_000)),
    gracefulStop: '10s',
  };
}

type Thresholds = NonNullable<Options['thresholds']>;

const allowedShare = limits.errorRatePercent / 100;

// As the gate does: what is at its limit has crossed it.
function expectedOfRequests(system: string, { judged, loaded = [], abort }: Profile): Thresholds {
  const expected = (threshold: string): string | ObjectThreshold =>
    abort === undefined ? threshold : { threshold, ...abort };
  const thresholds: Thresholds = {};
  for (const phase of [...judged, ...loaded]) {
    const of = `system:${system},load:requests,phase:${phase}`;
    // A rate without samples passes in k6: the count says that there were some.
    thresholds[`http_reqs{${of}}`] = ['count>0'];
    if (!judged.includes(phase)) continue;
    thresholds[`checks{${of}}`] = [expected(`rate>${1 - allowedShare}`)];
    thresholds[`http_req_failed{${of}}`] = [expected(`rate<${allowedShare}`)];
    thresholds[`http_req_duration{${of}}`] = [expected(`p(99)<${limits.latencyP99Ms}`)];
  }
  return thresholds;
}

function expectedOfMessages(
  system: string,
  perSecond: number,
  { course, judged, abort }: Profile,
): Thresholds {
  const thresholds: Thresholds = {};
  for (const phase of judged) {
    // So rare ones may miss a phase: two are sure to meet it.
    if (peakSecondsIn(course, phase) * perSecond < 2) continue;
    thresholds[`http_reqs{system:${system},load:messages,phase:${phase}}`] = ['count>0'];
    const threshold = `rate>${1 - allowedShare}`;
    thresholds[`messages_acknowledged{system:${system},phase:${phase}}`] = [
      abort === undefined ? threshold : { threshold, ...abort },
    ];
  }
  return thresholds;
}

/** How long `setup` took: k6 counts it to the run, and the scenarios begin after it. */
let setupMs = 0;

/** The rates follow their course from so many milliseconds after the run's start on. */
export const beginAfter = (ms: number): void => {
  setupMs = ms;
};

/** Tags what the iteration measures with the phase that it began in. */
export function enterPhase({ course }: Load): void {
  const phase = phaseAt(course, exec.instance.currentTestRunDuration - setupMs);
  if (phase) exec.vu.metrics.tags['phase'] = phase;
}

/** The system that the iteration's scenario loads. */
export function targetOf({ targets }: Load): LoadTarget {
  const target = targets[exec.scenario.name];
  if (!target) throw new Error(`scenario "${exec.scenario.name}" has no target in HEADROOM_TARGETS`);
  return target;
}
