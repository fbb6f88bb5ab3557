import type { Fleet } from '../../fleet/fleet.ts';
import type { Inventory } from './inventory.ts';
import { measureInventory } from './measure.ts';
import { planStage, type StagePlan } from './plan.ts';

/** Stages with databases of their own on AWS: what can be planned. */
export const plannedStages = (fleet: Fleet): string[] =>
  Object.keys(fleet.stages).filter((stage) => stage !== 'local' && fleet.stages[stage]?.runsOn === undefined);

/**
 * Plans stages from what the templates of all planned stages hold: those of one account share its quotas.
 * @param loadShare share of the expected peak that is served on average, 0–1
 */
export async function planFleet(
  fleet: Fleet,
  stages: readonly string[],
  loadShare: number,
): Promise<StagePlan[]> {
  const inventories = new Map<string, Inventory>();
  for (const stage of plannedStages(fleet)) inventories.set(stage, await measureInventory(fleet, stage));
  return stages.map((stage) => planStage({ fleet, stage, inventories, loadShare }));
}
