import type { Service } from '../fleet/service.ts';
import { poisonIds } from '../fleet/serviceLoad.ts';
import { limits } from '../monitoring/limits.ts';

/** Which drill a fault is part of: by it the drill's traces are told from everybody else's. */
export interface DrillIdentity {
  drillId: string;
  /** First id of the block that the drill reserved. */
  firstId: number;
  /** What the drilled systems run. */
  service: Service;
}

/** Ids of a drill's block that good messages may have, from the first on: the rest are poison's. */
export const goodIds = limits.messageIds.blockSize - poisonIds * limits.drill.poisonRounds;
