import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptOf } from './profiles.ts';
import { parseSegment, parseSequence, evenSegments } from './executionSegment.ts';
import type { ScenarioOptions } from './options.ts';
import { mostUsers, scheduledStarts, startsOf } from './schedule.ts';
import { loadScript } from './script.ts';
import { Share } from './share.ts';
import { service } from '../../service/testing/service.ts';

const path = scriptOf(service.definition, 'peak');
const rampSeconds = 7;
const holdSeconds = 20;

/** The scenarios of a peak of systems that expect so many requests and messages a second. */
async function scenariosOf(
  systems: readonly { requests: number; messages: number }[],
): Promise<Readonly<Record<string, ScenarioOptions>>> {
  const targets = systems.map(({ requests, messages }, index) => ({
    system: `system-${index}`,
    url: 'http://127.0.0.1:1/prod',
    requestsPerSecond: requests,
    ...(messages > 0 && {
      messages: { url: 'http://127.0.0.1:1', topicArn: 'arn:aws:sns:us-east-1:1:t', perSecond: messages },
    }),
  }));
  const env = {
    HEADROOM_TARGETS: JSON.stringify(targets),
    HEADROOM_REGION: 'us-east-1',
    HEADROOM_RAMP_SECONDS: String(rampSeconds),
    HEADROOM_HOLD_SECONDS: String(holdSeconds),
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  return (await loadScript(path, env, () => undefined)).options.scenarios;
}

/** When iterations are due, in milliseconds after the run's start. */
const dueIn = (scenario: ScenarioOptions): number[] =>
  [...(scheduledStarts(scenario) ?? [])].map((start) => start + scenario.startTime);

const inHold = (ms: number): boolean => ms >= rampSeconds * 1_000 && ms < (rampSeconds + holdSeconds) * 1_000;

test('fifty systems of one rate begin no two iterations of the hold at one instant', async () => {
  const scenarios = await scenariosOf(Array.from({ length: 50 }, () => ({ requests: 30, messages: 0 })));
  const due = Object.values(scenarios)
    .flatMap((scenario) => dueIn(scenario))
    .filter(inHold)
    .toSorted((a, b) => a - b);
  expect(due.length).toBeGreaterThan(29_900);
  const apart = due.slice(1).map((ms, index) => ms - due[index]!);
  // A fiftieth of a thirtieth of a second, to the microsecond.
  expect(Math.min(...apart)).toBeGreaterThan(0.66);
  expect(Math.max(...apart)).toBeLessThan(0.69);
});

const rate = fc.double({ min: 0.02, max: 60, noNaN: true });
const systems = fc.array(fc.record({ requests: rate, messages: fc.oneof(fc.constant(0), rate) }), {
  minLength: 1,
  maxLength: 12,
});

test('where in its interval a system begins changes no number of iterations by more than one, for any share', async () => {
  await fc.assert(
    fc.asyncProperty(systems, fc.integer({ min: 1, max: 4 }), async (all, instances) => {
      const { segments, sequence } = evenSegments(instances);
      const shares = segments.map((each) => Share.of(parseSegment(each), parseSequence(sequence)));
      for (const [name, scenario] of Object.entries(await scenariosOf(all))) {
        const together = { ...scenario, startTime: 0 };
        const [due, atOnce] = [dueIn(scenario), dueIn(together)];
        expect(due.length, name).toBe(atOnce.length);
        const shift = scenario.startTime;
        expect(shift).toBeLessThanOrEqual(1_000);
        expect(Math.abs(due.filter(inHold).length - atOnce.filter(inHold).length), name).toBeLessThanOrEqual(
          1,
        );
        const parts = shares.flatMap((share) => {
          const own = share.byUsers(mostUsers(scenario));
          return own ? [...(startsOf(scenario, own) ?? [])] : [];
        });
        const ofAll = parts.map((start) => start + shift).toSorted((a, b) => a - b);
        expect(ofAll, name).toEqual(due);
      }
    }),
    { numRuns: 25 },
  );
});
