import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Argument, InvalidArgumentError } from 'commander';
import { pathOf, type ServiceDefinition } from '../fleet/service.ts';
import {
  isProfile,
  nameOfScript,
  profiles,
  scriptOf,
  type OwnScript,
  type Shape,
} from '../loadtests/runner/load.ts';
import { UsageError } from '../operations/errors.ts';

/** Whether somebody means a file: no profile's name looks like one. */
const isPath = (text: string): boolean => /[./\\]/.test(text);

/** A profile's name, the toolkit's or the service's, or the path of a k6 script. */
export const loadArgument = (): Argument => {
  // The toolkit's names are what a shell completes; a service's, and paths, are taken beside them.
  const argument = new Argument('<profile|script>', 'what load').choices(profiles);
  return argument.argParser((text: string) => {
    if (isPath(text) || /^[a-z][a-z0-9-]*$/.test(text)) return text;
    throw new InvalidArgumentError(`expected ${profiles.join(', ')}, or the path of a k6 script.`);
  });
};

interface HoldOptions {
  ramp?: number;
  hold?: number;
  unjudged: boolean;
}

/** A script of a user's as it is to be run. */
export interface ScriptToLoad {
  /** What its runs are called by. */
  name: string;
  script: OwnScript;
  /** Where its hold lies. */
  shape: Shape;
}

/** @throws UsageError where a service has no script for a profile */
async function requireScript(service: ServiceDefinition, profile: string): Promise<void> {
  const path = scriptOf(service, profile);
  await access(path).catch(() => {
    const others = Object.keys(service.profiles);
    const instead = others.length > 0 ? ` (its own profiles: ${others.join(', ')})` : '';
    throw new UsageError(`${service.name} has no script for ${profile}: expected ${path}${instead}.`);
  });
}

/**
 * The script of a user's that is to be run, by its path or by a profile of the service's contract; undefined where it is
 * a profile of the toolkit's.
 * @throws UsageError where there is no such profile or file, or where it is not said where its hold lies
 */
export async function scriptToLoad(
  text: string,
  { ramp, hold, unjudged }: HoldOptions,
  service: ServiceDefinition,
): Promise<ScriptToLoad | undefined> {
  const own = service.profiles[text];
  if (isProfile(text, service.profiles)) {
    await requireScript(service, text);
    return undefined;
  }
  if (!own && !isPath(text)) {
    const known = [...profiles, ...Object.keys(service.profiles)].join(', ');
    throw new UsageError(
      `no profile has that name: expected ${known}, or the path of a k6 script such as ./${text}.ts.`,
    );
  }
  if (/^\w+:\/\//.test(text)) {
    throw new UsageError(
      `${text} is an address: expected the path of a k6 script on this machine; download it, and look at what it does before ` +
        'it runs.',
    );
  }
  const path = own ? pathOf(service, own.script) : resolve(text);
  await access(path).catch(() => {
    throw new UsageError(
      own
        ? `service.profiles.${text}.script: no file ${path}.`
        : `no file ${path}: expected a k6 script, or one of the profiles ${profiles.join(', ')}.`,
    );
  });
  const name = own ? text : nameOfScript({ path });
  const rampSeconds = ramp ?? own?.hold?.rampSeconds;
  const holdSeconds = hold ?? own?.hold?.holdSeconds;
  const script = { path, isSeeded: own?.seeded ?? false, isUnjudged: unjudged };
  if (rampSeconds !== undefined && holdSeconds !== undefined) {
    return { name, script: { ...script, isHeld: true }, shape: { rampSeconds, holdSeconds } };
  }
  const saysNothing = rampSeconds === undefined && holdSeconds === undefined;
  if (saysNothing && (unjudged || own)) {
    const shape = { rampSeconds: 0, holdSeconds: 0 };
    return { name, script: { ...script, isHeld: false, isUnjudged: true }, shape };
  }
  throw new UsageError(
    `${name}: the gate needs to know where the hold is: add --ramp SECONDS (until it begins; 0 for at once) and --hold ` +
      'SECONDS, or --unjudged without either to run it anyway.',
  );
}
