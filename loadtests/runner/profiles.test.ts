import { expect, test } from 'vitest';
import {
  backgroundProfile,
  evidenceProfile,
  profileNamed,
  profiles,
  profilesThat,
  smokeProfile,
} from './profiles.ts';

test('one profile is evidence and one goes on under drills, each with a hold at a rate', () => {
  expect(profilesThat(({ judged }) => judged === 'evidence')).toEqual([evidenceProfile]);
  expect(profilesThat(({ background }) => background)).toEqual([backgroundProfile]);
  const judged = profilesThat((profile) => profile.judged !== null);
  expect(judged).toContain(evidenceProfile);
  for (const name of [...judged, backgroundProfile]) {
    expect(profileNamed(name).paced, name).toMatchObject({
      hasHold: true,
      isSteady: true,
      judgedByPeriods: true,
      rateScale: 1,
    });
  }
});

test('what a profile finds out is found by one alone, and one has no rate', () => {
  for (const finds of ['recovery', 'breakpoint', 'delivery'] as const) {
    expect(
      profilesThat((profile) => profile.finds === finds),
      finds,
    ).toHaveLength(1);
  }
  expect(profilesThat(({ paced }) => paced === null)).toEqual([smokeProfile]);
  expect(profiles.length).toBeGreaterThan(3);
});
