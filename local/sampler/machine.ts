import { readMachineCpu } from './machineCpu.ts';
import type { MachineSnapshot } from './otherWork.ts';
import { allPids, readProcesses } from './processCpu.ts';

/** Load generators that run by themselves, by their program's name. */
const generatorNames = new Set(['k6']);

/**
 * Looks at this machine, of which the stage's process and its load generators are not other work.
 * @param own process ids of the stage and of the commands that load it now
 * @returns undefined where there is no /proc, or one that counts nothing
 */
export async function observeMachine(own: readonly number[]): Promise<MachineSnapshot | undefined> {
  const cpu = readMachineCpu();
  if (!cpu) return undefined;
  const processes = await readProcesses(allPids());
  const generators = processes.filter(({ name }) => generatorNames.has(name)).map(({ pid }) => pid);
  return { cpu, processes, own: [...own, ...generators] };
}
