import { stillRuns } from '../core/process/processes.ts';
import type { Owner } from './owner.ts';

/**
 * Whether the process that owns it still runs. Only of its own machine's processes anybody can tell: any other is taken
 * for dead.
 * @param host this machine's name
 */
export async function isAlive(owner: Owner | undefined, host: string): Promise<boolean> {
  return owner !== undefined && owner.host === host && (await stillRuns(owner.process));
}
