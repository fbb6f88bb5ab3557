import { profileNames, type ProfileName } from '../../fleet/profileNames.ts';
import { pathOf, type ServiceDefinition } from '../../fleet/service.ts';
import { limits } from '../../monitoring/limits.ts';
import { UnknownProfileError } from '../errors.ts';

/** How long a paced profile changes its rate, and holds it. */
export interface Shape {
  rampSeconds: number;
  holdSeconds: number;
}

/** Seconds after the run's start; the end is exclusive. */
interface Stretch {
  from: number;
  to: number;
}

/** What a paced run does when, as planned. */
export interface Timeline {
  before?: Stretch;
  ramp: Stretch;
  hold: Stretch;
  after?: Stretch;
  endSeconds: number;
}

/** How a profile aims at the systems' rates. */
export interface Pacing {
  /** Whether it has a hold; a climb ends where it is highest. */
  hasHold: boolean;
  /** Whether its hold is at one rate and long, so that what two runs measured over it can be compared. */
  isSteady: boolean;
  /** Whether its answer comes from whole periods of the stage's metrics, at the rates that it aims at. */
  judgedByPeriods: boolean;
  /** Ramp and hold where nothing else is said, on the stage on this machine, and on AWS. */
  defaults: Readonly<Record<'local' | 'aws', Shape>>;
  /** The default factor on every system's expected peak. */
  rateScale: number;
  timeline: (shape: Shape) => Timeline;
}

/** A load profile; each service has a k6 script of its name for it. */
export interface Profile {
  /** For whoever has to choose one. */
  description: string;
  /** Whether it asks for what is seeded. */
  seeded: boolean;
  /** What the gate makes of it: a verdict on its hold, or one that is evidence when it is a pass; null for neither. */
  judged: 'evidence' | 'verdict' | null;
  /** Whether drills go on under it. */
  background: boolean;
  /** What a load of it finds out beyond its thresholds, and keeps beside its record; null for nothing. */
  finds: 'recovery' | 'breakpoint' | 'delivery' | null;
  /** Whether processes that know nothing of each other may share it; else its answer needs one that has seen all. */
  sharable: boolean;
  /** Null for one that aims at no rate: it sends each request once. */
  paced: Pacing | null;
}

export const rampAndHold = ({ rampSeconds, holdSeconds }: Shape): Timeline => ({
  ramp: { from: 0, to: rampSeconds },
  hold: { from: rampSeconds, to: rampSeconds + holdSeconds },
  endSeconds: rampSeconds + holdSeconds,
});

/** The whole climb is at the rates that are aimed at. */
const climb = ({ rampSeconds }: Shape): Timeline => ({
  ramp: { from: 0, to: 0 },
  hold: { from: 0, to: rampSeconds },
  endSeconds: rampSeconds,
});

function upAndBack({ rampSeconds, holdSeconds }: Shape): Timeline {
  const { baseSeconds, settleSeconds } = limits.spike;
  const hold = { from: baseSeconds + rampSeconds, to: baseSeconds + rampSeconds + holdSeconds };
  const after = hold.to + rampSeconds + settleSeconds;
  return {
    before: { from: 0, to: baseSeconds },
    ramp: { from: baseSeconds, to: hold.from },
    hold,
    after: { from: after, to: after + baseSeconds },
    endSeconds: after + baseSeconds,
  };
}

const everywhere = (rampSeconds: number, holdSeconds: number): Pacing['defaults'] => {
  const shape = { rampSeconds, holdSeconds };
  return { local: shape, aws: shape };
};

const byName: Readonly<Record<ProfileName, Profile>> = {
  smoke: {
    description: 'every answer of the API once, security included',
    seeded: false,
    judged: null,
    background: false,
    finds: null,
    sharable: true,
    paced: null,
  },
  peak: {
    description: 'a ramp to the expected peak, then a hold, which the gate judges',
    seeded: true,
    judged: 'evidence',
    background: true,
    finds: null,
    sharable: true,
    paced: {
      hasHold: true,
      isSteady: true,
      judgedByPeriods: true,
      // What a rehearsal has patience for, and on AWS enough periods of a minute for evidence, with a ramp that is
      // slow enough for a forecast.
      defaults: {
        local: { rampSeconds: 15, holdSeconds: 40 },
        aws: { rampSeconds: 300, holdSeconds: 900 },
      },
      rateScale: 1,
      timeline: rampAndHold,
    },
  },
  spike: {
    description:
      `from ${limits.spike.baseShare * 100} % of the expected peak to ${limits.apiThrottlePerPeak} times the peak ` +
      'within seconds, and back: does it recover?',
    seeded: true,
    judged: null,
    background: false,
    finds: 'recovery',
    sharable: true,
    paced: {
      hasHold: true,
      isSteady: false,
      judgedByPeriods: false,
      defaults: everywhere(5, 30),
      rateScale: limits.apiThrottlePerPeak,
      timeline: upAndBack,
    },
  },
  soak: {
    description: 'the expected peak for a long time: what leaks, fills up or expires?',
    seeded: true,
    judged: 'verdict',
    background: false,
    finds: null,
    sharable: true,
    paced: {
      hasHold: true,
      isSteady: true,
      judgedByPeriods: true,
      // Two hours: more than the hour after which most sessions and caches end.
      defaults: {
        local: { rampSeconds: 15, holdSeconds: 300 },
        aws: { rampSeconds: 300, holdSeconds: 7_200 },
      },
      rateScale: 1,
      timeline: rampAndHold,
    },
  },
  publish: {
    description: 'messages alone, at their expected peak: is each stored once, and how soon?',
    seeded: false,
    judged: null,
    background: false,
    finds: 'delivery',
    sharable: false,
    paced: {
      hasHold: true,
      isSteady: true,
      judgedByPeriods: false,
      defaults: everywhere(5, 60),
      rateScale: 1,
      timeline: rampAndHold,
    },
  },
  breakpoint: {
    description:
      `a climb to ${limits.apiThrottlePerPeak} times the expected peak, ended once a limit is crossed: which one gives way ` +
      'first, and at which rate?',
    seeded: true,
    judged: null,
    background: false,
    finds: 'breakpoint',
    sharable: false,
    paced: {
      hasHold: false,
      isSteady: false,
      judgedByPeriods: true,
      // Enough periods of metrics (five seconds here, a minute on AWS) for a rate that says something.
      defaults: { local: { rampSeconds: 180, holdSeconds: 0 }, aws: { rampSeconds: 1_800, holdSeconds: 0 } },
      rateScale: limits.apiThrottlePerPeak,
      timeline: climb,
    },
  },
};

/** Ramp and hold of a profile where nothing else is said; nothing of one without a rate. */
export const defaultShape = (
  { paced }: Pick<Profile, 'paced'>,
  /** Of the stage's metrics: shorter than a minute on this machine alone. */
  periodSeconds: number,
): Shape => paced?.defaults[periodSeconds < 60 ? 'local' : 'aws'] ?? { rampSeconds: 0, holdSeconds: 0 };

/** Names of the load profiles. */
export const profiles: readonly string[] = profileNames;

const profileThat = (is: (profile: Profile) => boolean): string => {
  const [name = ''] = Object.entries(byName).find(([, profile]) => is(profile)) ?? [];
  return name;
};

type OwnProfiles = ServiceDefinition['profiles'];

const ownThat = (
  { profiles: own }: Pick<ServiceDefinition, 'profiles'>,
  holds: (profile: OwnProfiles[string]) => boolean,
): string | undefined => Object.keys(own).find((name) => holds(own[name]!));

/** The profile of a service whose passed verdict is evidence: a rehearsal runs it. */
export const evidenceProfileOf = (service: Pick<ServiceDefinition, 'profiles'>): string =>
  ownThat(service, ({ judged }) => judged === 'evidence') ??
  profileThat(({ judged }) => judged === 'evidence');

/** The profile of a service that drills go on under. */
export const backgroundProfileOf = (service: Pick<ServiceDefinition, 'profiles'>): string =>
  ownThat(service, ({ background }) => background) ?? profileThat(({ background }) => background);

/** The profile that aims at no rate: every answer once. */
export const smokeProfile: string = profileThat(({ paced }) => paced === null);

/** The profile of messages alone. */
export const publishProfile: string = profileThat(({ finds }) => finds === 'delivery');

/** The names of the toolkit's profiles of which something holds. */
export const profilesThat = (holds: (profile: Profile) => boolean): string[] =>
  profiles.filter((name) => holds(profileNamed(name)));

/** What every load is that goes up to the expected peak and holds it. */
export const toThePeak: Profile = {
  description: 'a ramp to the expected peak, then a hold',
  seeded: true,
  judged: 'verdict',
  background: false,
  finds: null,
  sharable: true,
  paced: byName.peak.paced,
};

/** A profile of a service's contract that the toolkit paces. */
const ofContract = ({
  hold,
  seeded = true,
  judged = 'verdict',
  background,
}: OwnProfiles[string]): Profile => ({
  ...toThePeak,
  seeded,
  judged,
  background,
  paced: toThePeak.paced && {
    ...toThePeak.paced,
    ...(hold && { defaults: everywhere(hold.rampSeconds, hold.holdSeconds) }),
  },
});

/**
 * A profile of the toolkit's, or one that a service's contract names and the toolkit paces. What the contract has a profile of
 * its own for, the toolkit's is not good for.
 * @throws UnknownProfileError listing the profiles there are.
 */
export function profileNamed(name: string, own: OwnProfiles = {}): Profile {
  const contracted = own[name];
  if (contracted?.paced) return ofContract(contracted);
  const profile = (byName as Readonly<Record<string, Profile>>)[name];
  if (!profile) throw new UnknownProfileError(name, [...profiles, ...Object.keys(own)]);
  const service = { profiles: own };
  return {
    ...profile,
    ...(profile.judged === 'evidence' && evidenceProfileOf(service) !== name && { judged: 'verdict' }),
    ...(profile.background && { background: backgroundProfileOf(service) === name }),
  };
}

/** Whether a name is that of a profile, and not of a script with rates of its own. */
export const isProfile = (name: string, own: OwnProfiles): boolean =>
  profiles.includes(name) || own[name]?.paced === true;

/** The script with which a service is loaded by a profile. */
export const scriptOf = (service: ServiceDefinition, profile: string): string => {
  const own = service.profiles[profile];
  return pathOf(service, own?.paced ? own.script : `${service.scripts}/${profile}.ts`);
};
