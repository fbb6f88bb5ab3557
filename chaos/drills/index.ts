import { UnknownDrillError } from '../errors.ts';
import type { Drill } from './drill.ts';
import { poisonMessages } from './poisonMessages.ts';
import { restartDatabase } from './restartDatabase.ts';
import { revokeDbIngress } from './revokeDbIngress.ts';
import { throttleApi } from './throttleApi.ts';

/** Every drill, by the name it is asked for. */
export const drills: ReadonlyMap<string, Drill> = new Map(
  [revokeDbIngress, restartDatabase, poisonMessages, throttleApi].map((drill) => [drill.name, drill]),
);

/** @throws UnknownDrillError listing the names there are. */
export function drillNamed(name: string): Drill {
  const drill = drills.get(name);
  if (drill !== undefined) return drill;
  throw new UnknownDrillError(name, [...drills.keys()]);
}
