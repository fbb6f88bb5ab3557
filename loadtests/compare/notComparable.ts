import type { RunFile } from '../../records/run.ts';
import { NotComparableError } from '../errors.ts';
import { profileOf } from '../runner/ownScript.ts';
import { profilesThat, type Profile } from '../runner/profiles.ts';

const isSteady = ({ paced }: Profile): boolean => paced?.isSteady === true;

/** Rates that are the same but for rounding, and for what a schedule cannot divide. */
const sameRatePercent = 1;

/**
 * Refuses runs whose figures say nothing of each other.
 * @throws NotComparableError naming what differs
 */
export function refuseIncomparable(baseline: RunFile, run: RunFile): void {
  if (baseline.profile !== run.profile) {
    throw new NotComparableError(`one is a run of ${baseline.profile}, the other of ${run.profile}`);
  }
  if (!isSteady(profileOf(run))) {
    const steady = profilesThat(isSteady).join(', ');
    throw new NotComparableError(
      `${run.profile} holds no rate at which two runs could be compared; ${steady} do`,
    );
  }
  if (baseline.place !== run.place) {
    throw new NotComparableError(`one is of ${placeOf(baseline)}, the other of ${placeOf(run)}`);
  }
  const [first, second] = [baseline, run].map(({ seriesSeconds = 1 }) => seriesSeconds);
  if (first !== second) {
    throw new NotComparableError(
      `one tells of stretches of ${first} s, the other of ${second} s (longer runs of more systems of longer ones)`,
    );
  }
  const shared = sharedSystems(baseline, run);
  if (shared.length === 0) throw new NotComparableError('they have no system in common');
  // What was stopped sent less than it was to: that it is doubtful says more.
  if (!baseline.complete || !run.complete) return;
  for (const { name, before, after } of shared) {
    const rates = [
      { what: 'requests', from: before.hold.intendedPerSecond, to: after.hold.intendedPerSecond },
      {
        what: 'messages',
        from: before.messages?.hold.intendedPerSecond ?? 0,
        to: after.messages?.hold.intendedPerSecond ?? 0,
      },
    ];
    for (const { what, from, to } of rates) {
      if (Math.abs(to - from) <= (Math.max(from, to) * sameRatePercent) / 100) continue;
      throw new NotComparableError(
        `one sent ${name} ${rounded(from)} ${what} a second and the other ${rounded(to)}`,
      );
    }
  }
}

const placeOf = ({ place }: RunFile): string => (place === 'aws' ? 'AWS' : 'this machine');
const rounded = (rate: number): number => Number(rate.toFixed(2));

type SystemRun = RunFile['systems'][number];

/** Systems that both runs loaded. */
export const sharedSystems = (
  baseline: RunFile,
  run: RunFile,
): { name: string; before: SystemRun; after: SystemRun }[] =>
  run.systems.flatMap((after) => {
    const before = baseline.systems.find(({ system }) => system === after.system);
    return before ? { name: after.system, before, after } : [];
  });
