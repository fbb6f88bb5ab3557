import { limits } from '../monitoring/limits.ts';

/**
 * The systems in the order in which a release reaches them: one alone, a tenth of all, the rest. What a wave has
 * not shown to be good reaches no other.
 * @returns one to three waves, each with a system at least; none for no system
 */
export function wavesOf<T>(systems: readonly T[]): T[][] {
  const second = 1 + Math.ceil(systems.length * limits.rollout.secondWaveShare);
  return [systems.slice(0, 1), systems.slice(1, second), systems.slice(second)].filter(
    (wave) => wave.length > 0,
  );
}

/** Minutes for which a wave's systems are watched once they are updated. @param index 0 for the first wave */
export const quietMinutesOf = (index: number): number =>
  index === 0 ? limits.rollout.firstQuietMinutes : limits.rollout.quietMinutes;

/** Minutes that a release to so many systems takes at least, the stage's own stacks included. */
export function rolloutMinutes(systems: number): number {
  const { updateMinutes, stacksAtOnce, quietMinutes } = limits.rollout;
  const rounds = wavesOf(Array.from({ length: systems })).map(
    (wave, index) => Math.ceil(wave.length / stacksAtOnce) * (updateMinutes + quietMinutesOf(index)),
  );
  return rounds.reduce((sum, minutes) => sum + minutes, updateMinutes + quietMinutes);
}
