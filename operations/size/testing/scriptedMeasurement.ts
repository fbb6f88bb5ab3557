import type { Clock } from '../../../core/clock.ts';
import type { SizeFile } from '../../../records/size.ts';
import type { Connection } from '../../connection.ts';
import type { SizeOptions } from '../measuredFunction.ts';
import { measureSizes } from '../measureSizes.ts';
import { testFleet } from './fleet.ts';

export interface ScriptedMeasurement {
  /** Interrupts it. */
  stop: AbortController;
  /** Its progress, by line. */
  told: string[];
  measure: (options: SizeOptions) => Promise<SizeFile>;
}

/** A measurement of the stage `test`, as if it were on AWS, with scripted clients. */
export function scriptedMeasurement(
  clock: Clock,
  clients: object,
  { stateDirectory, directory }: { stateDirectory: string; directory: string },
): ScriptedMeasurement {
  const stop = new AbortController();
  const told: string[] = [];
  const context = {
    clock,
    random: () => 0.5,
    signal: stop.signal,
    output: { progress: (line: string) => void told.push(line) },
    stateDirectory,
    currentCommit: () => Promise.resolve(null),
  };
  const target = {
    stage: 'test',
    configurationHash: 'test',
    fleet: testFleet,
    connection: { place: 'aws' as const, clients: clients as Connection['clients'] },
  };
  return { stop, told, measure: (options) => measureSizes(context, target, options, directory) };
}
