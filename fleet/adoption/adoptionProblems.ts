import type { StageConfig } from '../stageSchema.ts';
import type { AdoptionConfig } from './adoptionSchema.ts';

interface FleetToAdoptInto {
  systems: readonly { name: string; adopt?: AdoptionConfig | undefined }[];
  stages: Readonly<Record<string, StageConfig>>;
}

/** What an adopted system cannot tell by itself: the stages are the fleet's. */
export function adoptionProblems({
  systems,
  stages,
}: FleetToAdoptInto): { path: (string | number)[]; message: string }[] {
  const adopting = Object.keys(stages).filter((stage) => !stages[stage]!.runsOn);
  return systems.flatMap(({ adopt }, index) =>
    Object.keys(adopt?.stages ?? {})
      .filter((stage) => !adopting.includes(stage))
      .map((stage) => ({
        path: ['systems', index, 'adopt', 'stages', stage],
        message: `expected a stage with systems of its own: one of ${adopting.join(', ')}`,
      })),
  );
}
