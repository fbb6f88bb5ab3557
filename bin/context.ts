import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { configurationHash, loadFleet, type Fleet } from '../fleet/fleet.ts';
import { runsDirectoryOf } from '../records/runFolder.ts';
import type { Clock } from '../core/clock.ts';
import type { OperationContext } from '../operations/context.ts';
import { projectDirectory, stateDirectory } from './directories.ts';
import type { Output } from './output.ts';

/** What every command gets from the process. Its signal is aborted with an InterruptedError. */
export interface Context extends OperationContext {
  output: Output;
}

/** One directory a run, below it. */
export const runsDirectory = runsDirectoryOf(stateDirectory);

export const defaultConfig = join(projectDirectory, 'fleet.config.ts');

/** The configured fleet and what identifies it in a run's record. */
export async function readFleet(config: string): Promise<{ fleet: Fleet; configurationHash: string }> {
  const fleet = await loadFleet(resolve(config));
  return { fleet, configurationHash: configurationHash(fleet) };
}

/** The checked-out commit; null outside a checkout. */
export async function currentCommit(): Promise<string | null> {
  const run = promisify(execFile);
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: projectDirectory }).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || null;
}

/** A directory of its own for a run: sorts by time, and two in one second don't meet. */
export const newRunDirectory = (clock: Clock, what: string): string =>
  join(runsDirectory, timedName(clock, what));

/** The same for what a deployment says and deploys. */
export const newDeploymentDirectory = (clock: Clock, stage: string): string =>
  join(stateDirectory, 'deployments', timedName(clock, stage));

function timedName(clock: Clock, what: string): string {
  const time = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${time}-${what}-${randomBytes(2).toString('hex')}`;
}
