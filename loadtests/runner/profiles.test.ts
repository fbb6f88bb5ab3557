import { expect, test } from 'vitest';
import { backgroundProfile, evidenceProfile, judgedProfiles, profileNamed, profiles } from './profiles.ts';

test('one profile is evidence and one goes on under drills, each with a hold at a rate', () => {
  const of = (is: (name: string) => boolean): string[] => profiles.filter(is);
  expect(of((name) => profileNamed(name).judged === 'evidence')).toEqual([evidenceProfile]);
  expect(of((name) => profileNamed(name).background)).toEqual([backgroundProfile]);
  expect(judgedProfiles).toContain(evidenceProfile);
  for (const name of [...judgedProfiles, backgroundProfile]) {
    expect(profileNamed(name).paced, name).toMatchObject({
      hasHold: true,
      judgedByPeriods: true,
      rateScale: 1,
    });
  }
});
