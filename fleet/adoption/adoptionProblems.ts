import type { StageConfig } from '../stageSchema.ts';
import { adoptionOn, type Adoption, type AdoptionConfig } from './adoptionSchema.ts';

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
  const nowhere = systems.flatMap(({ adopt }, index) =>
    Object.keys(adopt?.stages ?? {})
      .filter((stage) => !adopting.includes(stage))
      .map((stage) => ({
        path: ['systems', index, 'adopt', 'stages', stage],
        message: `expected a stage with systems of its own: one of ${adopting.join(', ')}`,
      })),
  );
  return [...nowhere, ...adopting.flatMap((stage) => takenTwice(systems, stage))];
}

/** What no two systems share; an API, a database or a topic they may. */
const ownFields: readonly {
  path: readonly [string, string];
  of: (adoption: Adoption) => string | undefined;
}[] = [
  { path: ['functions', 'api'], of: ({ functions }) => functions?.api },
  { path: ['queues', 'subscriber'], of: ({ queues }) => queues?.subscriber },
];

/** A block that was copied and not changed everywhere: the verdict on one system would be about another one. */
function takenTwice(systems: FleetToAdoptInto['systems'], stage: string) {
  const adopted = systems.flatMap(({ name, adopt }, index) => {
    const adoption = adopt && adoptionOn(adopt, stage);
    return adoption ? [{ name, index, adoption, isStages: adopt.stages?.[stage] }] : [];
  });
  return ownFields.flatMap(({ path, of }) => {
    const first = new Map<string, string>();
    return adopted.flatMap(({ name, index, adoption, isStages }) => {
      const value = of(adoption);
      if (value === undefined) return [];
      const other = first.get(value);
      if (other === undefined) {
        first.set(value, name);
        return [];
      }
      const [field] = path;
      const below = isStages && field in isStages ? ['stages', stage] : [];
      const message = `expected another one than that of ${other} on stage "${stage}": ${value}`;
      return [{ path: ['systems', index, 'adopt', ...below, ...path], message }];
    });
  });
}
