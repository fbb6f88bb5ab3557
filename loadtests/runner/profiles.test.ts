import { expect, test } from 'vitest';
import { contract } from '../../examples/orders/contract.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { profileOf } from './ownScript.ts';
import {
  backgroundProfileOf,
  evidenceProfileOf,
  defaultShape,
  profileNamed,
  profiles,
  profilesThat,
  scriptOf,
  smokeProfile,
} from './profiles.ts';

const [backgroundProfile, evidenceProfile] = [backgroundProfileOf, evidenceProfileOf].map((of) =>
  of({ profiles: {} }),
) as [string, string];
const rush = { script: 'k6/rush.ts', paced: true, judged: 'evidence', background: true } as const;
const orders = serviceSchema.parse({ ...contract, profiles: { ...contract.profiles, rush } });

test("a service's own profile takes the place of the toolkit's where its contract says so", () => {
  expect([evidenceProfileOf(orders), backgroundProfileOf(orders)]).toEqual(['rush', 'rush']);
  expect(profileNamed('rush', orders.profiles)).toMatchObject({
    seeded: true,
    judged: 'evidence',
    background: true,
    paced: profileNamed(evidenceProfile).paced,
  });
  expect(scriptOf(orders, 'rush')).toMatch(/examples\/orders\/k6\/rush\.ts$/);
  expect(profileNamed(evidenceProfile, orders.profiles)).toMatchObject({
    judged: 'verdict',
    background: false,
  });
  const shorter = { rush: { ...orders.profiles['rush']!, hold: { rampSeconds: 1, holdSeconds: 2 } } };
  expect(defaultShape(profileNamed('rush', shorter), 60)).toEqual({ rampSeconds: 1, holdSeconds: 2 });
  // A script with rates of its own is none.
  expect(() => profileNamed('browse', orders.profiles)).toThrow('rush');
});

test('a run is what it was when it ran, whatever the contract says since', () => {
  const run = { profile: 'rush', paced: true } as const;
  expect(profileOf({ ...run, judged: 'evidence' })).toMatchObject({
    judged: 'evidence',
    finds: null,
    paced: { isSteady: true },
  });
  expect(profileOf({ ...run, profile: evidenceProfile, judged: 'verdict' }).judged).toBe('verdict');
  expect(profileOf({ ...run, profile: evidenceProfile }).judged).toBe('evidence');
  expect(() => profileOf(run)).toThrow('rush');
});

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
