import { configurationHash, withSystems, type Fleet } from '../fleet/fleet.ts';
import type { RunFile } from '../records/run.ts';

/**
 * The fleet that a run was made with: the configured one, or that with as many systems as the run has, as
 * `rehearse --systems` makes it. Undefined when the configuration is another one now.
 */
export function fleetOfRun(
  configured: Fleet,
  run: Pick<RunFile, 'configurationHash' | 'systems'>,
): Fleet | undefined {
  const made = (fleet: Fleet): boolean => configurationHash(fleet) === run.configurationHash;
  if (made(configured)) return configured;
  if (run.systems.length === 0) return undefined;
  const resized = withSystems(configured, run.systems.length);
  return made(resized) ? resized : undefined;
}
