import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunFile } from '../../records/run.ts';
import { ScriptError } from '../errors.ts';
import { everywhere, profileNamed, rampAndHold, type Profile } from './profiles.ts';

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
const own: Profile = {
  description: 'a k6 script of your own',
  seeded: false,
  judged: null,
  background: false,
  finds: null,
  sharable: true,
  paced: null,
};

const held: Profile = {
  ...own,
  judged: 'verdict',
  paced: {
    hasHold: true,
    isSteady: true,
    judgedByPeriods: true,
    // Whoever runs it says where its hold lies: there are none.
    defaults: everywhere(0, 0),
    rateScale: 1,
    timeline: rampAndHold,
  },
};

/** What a load runs. */
interface Loaded {
  profile: string;
  /** Given, it is run in place of a profile. */
  script?: Pick<OwnScript, 'isHeld' | 'isSeeded'> | undefined;
}

/** What holds of what a load runs: a profile, or a script of a user's as one. @throws UnknownProfileError */
export const profileOfLoad = ({ profile, script }: Loaded): Profile =>
  script ? { ...(script.isHeld ? held : own), seeded: script.isSeeded ?? false } : profileNamed(profile);

/** The same of a run, by its record. @throws UnknownProfileError */
export const profileOf = ({
  profile,
  paced,
  script,
}: Pick<RunFile, 'profile' | 'paced' | 'script'>): Profile =>
  profileOfLoad({ profile, script: script && { isHeld: paced } });

/** What a script's run can be told by from that of another one. @throws ScriptError when it cannot be read */
export async function readOwnScript(path: string): Promise<{ text: string; sha256: string }> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, sha256: createHash('sha256').update(text).digest('hex') };
  } catch (error) {
    throw new ScriptError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
