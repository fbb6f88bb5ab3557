import type { Options } from 'k6/options';
import type { ServiceLoad } from '../../../fleet/serviceLoad.ts';
import { limits } from '../../../monitoring/limits.ts';
import { rampAndHold } from './course.ts';
import { rampSecondsFromEnvironment, rateScaleFromEnvironment, shapeFromEnvironment } from './environment.ts';
import { loadFromEnvironment, type Profile } from './load.ts';
import { publishMessages } from './publish.ts';
import { sendRequest } from './sendRequest.ts';

/** What a script of a profile with rates exports: `request` as its default. */
export interface ProfileScript {
  options: Options;
  /** One iteration of requests. */
  request(this: void): Promise<void>;
  /** One iteration of messages. */
  publish(this: void): Promise<void>;
}

function script(service: ServiceLoad, profileOf: () => Profile): ProfileScript {
  const load = loadFromEnvironment(service, profileOf);
  return {
    options: load.options,
    request: () => sendRequest(load),
    publish: () => publishMessages(load),
  };
}

/** A ramp to the expected peak, in requests and in messages, and a hold there: of `peak`, and for longer of `soak`. */
export const hold = (service: ServiceLoad): ProfileScript =>
  script(service, () => ({
    course: rampAndHold(shapeFromEnvironment(1)),
    kinds: ['requests', 'messages'],
    judged: ['hold'],
  }));

/** The same of messages alone. */
export const publish = (service: ServiceLoad): ProfileScript =>
  script(service, () => ({
    course: rampAndHold(shapeFromEnvironment(1)),
    kinds: ['messages'],
    judged: ['hold'],
  }));

/**
 * From a tenth of the expected peak to twice the peak within seconds, and back. Limits are asked for before the spike
 * and after it, not while it lasts.
 *
 *   rate          spike
 *    ^           ,------,
 *    |          /        \
 *    |  before /          \ settling  after
 *    |--------'            '--------|--------
 *    +------------------------------------------> time
 */
export function spike(service: ServiceLoad): ProfileScript {
  const { baseShare, baseSeconds, settleSeconds } = limits.spike;
  return script(service, () => {
    // As much as the API's own throttle lets in: beyond it, most answers are the throttle's.
    const { rampSeconds, holdSeconds, rateScale } = shapeFromEnvironment(limits.apiThrottlePerPeak);
    return {
      course: {
        fromPeaks: baseShare,
        stretches: [
          { seconds: baseSeconds, toPeaks: baseShare, phase: 'before' },
          { seconds: rampSeconds, toPeaks: rateScale, phase: 'spike' },
          { seconds: holdSeconds, toPeaks: rateScale, phase: 'spike' },
          { seconds: rampSeconds, toPeaks: baseShare, phase: 'spike' },
          { seconds: settleSeconds, toPeaks: baseShare, phase: 'spike' },
          { seconds: baseSeconds, toPeaks: baseShare, phase: 'after' },
        ],
      },
      kinds: ['requests', 'messages'],
      judged: ['before', 'after'],
      loaded: ['spike'],
    };
  });
}

/** A steady climb from nothing to twice the expected peak, ended early where errors or latency cross their limits. */
export const breakpoint = (service: ServiceLoad): ProfileScript =>
  script(service, () => {
    const climbSeconds = rampSecondsFromEnvironment();
    // As much as the API's own throttle lets in: beyond it, the throttle is the limit.
    const toPeaks = rateScaleFromEnvironment(limits.apiThrottlePerPeak);
    return {
      course: { fromPeaks: 0, stretches: [{ seconds: climbSeconds, toPeaks, phase: 'climb' }] },
      kinds: ['requests', 'messages'],
      judged: ['climb'],
      abort: {
        abortOnFail: true,
        delayAbortEval: `${Math.ceil(climbSeconds * limits.breakpoint.abortAfterShare)}s`,
      },
    };
  });
