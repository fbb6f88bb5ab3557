import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../monitoring/limits.ts';
import { defaultShape, profileNamed, profiles } from '../runner/load.ts';
import { heldPeriods, holdSecondsFor } from './heldPeriods.ts';
import { shortcomingsOf, whyUnjudgeable, type PlannedRun } from './judgeable.ts';

const planned = (profile: string, seconds: number, periodSeconds: number): PlannedRun => {
  const { paced } = profileNamed(profile);
  if (!paced) throw new Error(`${profile} has no rate`);
  const shape = paced.hasHold
    ? { rampSeconds: 5, holdSeconds: seconds }
    : { rampSeconds: seconds, holdSeconds: 0 };
  return { paced, timeline: paced.timeline(shape), periodSeconds };
};

const wholePeriods = (seconds: number, periodSeconds: number, startMs: number): number => {
  const window = {
    start: new Date(startMs).toISOString(),
    end: new Date(startMs + seconds * 1_000).toISOString(),
  };
  return heldPeriods(window, periodSeconds).startsMs.length;
};

const paced = profiles.filter((name) => profileNamed(name).paced !== null);

describe('what is planned', () => {
  it.each(paced.flatMap((name) => [10, 60].map((periodSeconds) => [name, periodSeconds] as const)))(
    'by default can be judged: %s, by periods of %i s',
    (name, periodSeconds) => {
      const profile = profileNamed(name);
      const timeline = profile.paced!.timeline(defaultShape(profile, periodSeconds));
      expect(whyUnjudgeable({ paced: profile.paced!, timeline, periodSeconds })).toBeNull();
    },
  );

  it('by default is evidence on AWS', () => {
    const { holdSeconds } = defaultShape(profileNamed('peak'), 60);
    expect(holdSeconds).toBeGreaterThanOrEqual(holdSecondsFor(limits.gate.evidencePeriods, 60));
    const load = { rateScale: 1, systems: 3, ofSystems: 3, mayBeEvidence: true };
    expect(shortcomingsOf(planned('peak', holdSeconds, 60), load)).toEqual([]);
  });

  it('is refused exactly where it may have too few whole periods, whenever it begins', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('peak', 'soak', 'breakpoint'),
        fc.integer({ min: 0, max: 400 }),
        fc.constantFrom(10, 60),
        (profile, seconds, periodSeconds) => {
          const worst = Math.min(
            ...Array.from({ length: periodSeconds }, (_, second) =>
              wholePeriods(seconds, periodSeconds, second * 1_000 + 1),
            ),
          );
          const refused = whyUnjudgeable(planned(profile, seconds, periodSeconds)) !== null;
          expect(refused).toBe(worst < limits.gate.fewestPeriods);
        },
      ),
    );
  });

  it('says what will do, which does', () => {
    expect(whyUnjudgeable(planned('soak', 100, 60))).toBe(
      'a hold of 100 s has 0 whole periods of 60 s for certain, and a verdict needs 3: --hold 240 at least',
    );
    expect(whyUnjudgeable(planned('soak', 240, 60))).toBeNull();
    expect(whyUnjudgeable(planned('breakpoint', 30, 10))).toContain('a climb of 30 s');
    // A spike is compared with itself, second by second.
    expect(whyUnjudgeable(planned('spike', 5, 60))).toBeNull();
  });

  it('is told of what its verdict will not be', () => {
    const load = { rateScale: 0.5, systems: 1, ofSystems: 3, mayBeEvidence: true };
    expect(shortcomingsOf(planned('peak', 300, 60), load)).toEqual([
      'at 0.5 of the expected peak the verdict will not cover the peak',
      'with 1 of 3 systems the verdict will not cover the whole stage',
      'evidence for a deployment needs 10 whole periods, and this hold has 4 for certain: --hold 660',
    ]);
    expect(shortcomingsOf(planned('peak', 300, 60), { ...load, mayBeEvidence: false })).toHaveLength(2);
  });
});
