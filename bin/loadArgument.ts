import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Argument, InvalidArgumentError } from 'commander';
import { nameOfScript, profiles, type OwnScript } from '../loadtests/runner/load.ts';
import { UsageError } from '../operations/errors.ts';

/** Whether somebody means a file: no profile's name looks like one. */
const isPath = (text: string): boolean => /[./\\]/.test(text);

/** A profile's name, or the path of a k6 script of one's own. */
export const loadArgument = (): Argument => {
  // The names are what a shell completes; a path is taken beside them.
  const argument = new Argument('<profile|script>', 'what load').choices(profiles);
  return argument.argParser((text: string) => {
    if (profiles.includes(text) || isPath(text)) return text;
    throw new InvalidArgumentError(
      `no profile has that name: expected ${profiles.join(', ')}, or the path of a k6 script such as ./${text}.ts.`,
    );
  });
};

interface HoldOptions {
  ramp?: number;
  hold?: number;
  unjudged: boolean;
}

/**
 * The script of a user's that is to be run; undefined where it is a profile.
 * @throws UsageError where there is no such file, or where it is not said where its hold lies
 */
export async function scriptToLoad(
  text: string,
  { ramp, hold, unjudged }: HoldOptions,
): Promise<OwnScript | undefined> {
  if (profiles.includes(text)) return undefined;
  const path = resolve(text);
  await access(path).catch(() => {
    throw new UsageError(
      `no file ${path}: expected a k6 script, or one of the profiles ${profiles.join(', ')}.`,
    );
  });
  const name = nameOfScript({ path });
  if (ramp !== undefined && hold !== undefined) return { path, isHeld: true, isUnjudged: unjudged };
  if (unjudged && ramp === undefined && hold === undefined) return { path, isHeld: false, isUnjudged: true };
  throw new UsageError(
    `${name}: the gate needs to know where the hold is: add --ramp SECONDS (until it begins; 0 for at once) and --hold ` +
      'SECONDS, or --unjudged without either to run it anyway.',
  );
}
