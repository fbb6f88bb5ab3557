import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunFile } from '../../records/run.ts';
import { ScriptError } from '../errors.ts';
import type { ServiceDefinition } from '../../fleet/service.ts';
import { isProfile, profileNamed, rampAndHold, toThePeak, type Profile } from './profiles.ts';

/** A k6 script of a user's, which is run as it is. */
export interface OwnScript {
  /** Absolute. */
  path: string;
  /** Whether it asks for what is seeded, as a profile of the service's contract says. */
  isSeeded?: boolean;
  /** Whether it is said where its hold lies; without one nothing is concluded of it. */
  isHeld: boolean;
  /** Whether it runs all the same where nothing could be concluded. */
  isUnjudged: boolean;
}

/** What its runs are called by: no profile has such a name. */
export const nameOfScript = ({ path }: Pick<OwnScript, 'path'>): string => basename(path);

/** A script brings its own rates, and asks for what it knows; its verdict says nothing of the whole expected peak. */
const ofScript: Profile = {
  description: 'a k6 script of your own',
  seeded: false,
  judged: null,
  background: false,
  finds: null,
  sharable: true,
  paced: null,
};

const none = { rampSeconds: 0, holdSeconds: 0 };

const held: Profile = {
  ...ofScript,
  judged: 'verdict',
  paced: {
    hasHold: true,
    isSteady: true,
    judgedByPeriods: true,
    // Whoever runs it says where its hold lies: there are none.
    defaults: { local: none, aws: none },
    rateScale: 1,
    timeline: rampAndHold,
  },
};

/** What a load runs. */
interface Loaded {
  profile: string;
  /** Given, it is run in place of a profile. */
  script?: Pick<OwnScript, 'isHeld' | 'isSeeded'> | undefined;
  /** Whose contract may have profiles of its own. */
  service?: Pick<ServiceDefinition, 'profiles'>;
  /** What the gate makes of it, where a record says so: the contract may have changed since. */
  judged?: RunFile['judged'];
}

/** What holds of what a load runs: a profile, or a script of a user's as one. @throws UnknownProfileError */
export function profileOfLoad({ profile, script, service, judged }: Loaded): Profile {
  const own = service?.profiles ?? {};
  const now = script
    ? { ...(script.isHeld ? held : ofScript), seeded: script.isSeeded ?? false }
    : judged === undefined || isProfile(profile, own)
      ? profileNamed(profile, own)
      : toThePeak;
  return judged === undefined ? now : { ...now, judged };
}

/** The same of a run, by its record. @throws UnknownProfileError */
export const profileOf = ({
  profile,
  paced,
  script,
  judged,
}: Pick<RunFile, 'profile' | 'paced' | 'script' | 'judged'>): Profile =>
  profileOfLoad({ profile, script: script && { isHeld: paced }, judged });

/** What a script's run can be told by from that of another one. @throws ScriptError when it cannot be read */
export async function readOwnScript(path: string): Promise<{ text: string; sha256: string }> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, sha256: createHash('sha256').update(text).digest('hex') };
  } catch (error) {
    throw new ScriptError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
