import { readProc } from './procFile.ts';

/** CPU time of the whole machine since it started, in clock ticks of all its cores. */
export interface MachineCpu {
  /** Used, by whatever: what the host of a virtual machine kept for others is gone, too. */
  busyTicks: number;
  idleTicks: number;
  /** Of the busy ones, what such a host kept. */
  stolenTicks: number;
}

/** Undefined where the kernel does not tell. */
export function readMachineCpu(): MachineCpu | undefined {
  const text = readProc('stat');
  return text === undefined ? undefined : parseMachineStat(text);
}

/** The first line of `/proc/stat`; undefined where it has counted nothing, as in some sandboxes. */
export function parseMachineStat(text: string): MachineCpu | undefined {
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, stolen = 0] = text
    .split('\n', 1)[0]!
    .split(/ +/)
    .slice(1)
    .map(Number);
  const idleTicks = idle + ioWait;
  const busyTicks = user + nice + system + irq + softIrq + stolen;
  return idleTicks + busyTicks > 0 ? { busyTicks, idleTicks, stolenTicks: stolen } : undefined;
}
