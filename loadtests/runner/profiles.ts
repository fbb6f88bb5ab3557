import { fileURLToPath } from 'node:url';
import { UnknownProfileError } from '../errors.ts';

/** One k6 script a load profile. */
export interface Profile {
  scriptPath: string;
  /** Whether it asks for the seeded clients. */
  seeded: boolean;
  /** Whether it aims at the systems' rates, over a ramp and a hold; if not, it sends each request once. */
  paced: boolean;
}

const scriptPath = (file: string): string => fileURLToPath(new URL(`../k6/${file}`, import.meta.url));

const byName: Readonly<Record<string, Profile>> = {
  smoke: { scriptPath: scriptPath('smoke.ts'), seeded: false, paced: false },
  peak: { scriptPath: scriptPath('peak.ts'), seeded: true, paced: true },
};

/** Names of the load profiles. */
export const profiles: readonly string[] = Object.keys(byName);

/** @throws UnknownProfileError listing the profiles there are. */
export function profileNamed(name: string): Profile {
  const profile = byName[name];
  if (profile) return profile;
  throw new UnknownProfileError(name, profiles);
}
