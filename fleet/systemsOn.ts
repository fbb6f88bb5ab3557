import { adoptionOn, type AdoptionConfig } from './adoption/adoptionSchema.ts';
import type { StageConfig } from './stageSchema.ts';

/** The systems that a stage has, built or adopted, in the configuration's order; on a run's stage none is adopted. */
export const systemsOn = <System extends { adopt?: AdoptionConfig | undefined }>(
  systems: readonly System[],
  stage: string,
  { runsOn }: StageConfig,
): System[] =>
  runsOn
    ? systems.filter(({ adopt }) => !adopt).slice(0, runsOn.systems)
    : systems.filter(({ adopt }) => !adopt || adoptionOn(adopt, stage));
