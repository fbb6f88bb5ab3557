import type { StageConfig } from '../stageSchema.ts';
import { systemNames, type SystemNames } from '../names.ts';
import type { ServiceDefinition } from '../serviceSchema.ts';
import { regionIn } from './awsNames.ts';
import { adoptionOn, type Adoption, type AdoptionConfig } from './adoptionSchema.ts';

interface FleetToAdoptInto {
  region: string;
  /** Of the systems that are built. */
  service: Pick<ServiceDefinition, 'names'>;
  systems: readonly { name: string; adopt?: AdoptionConfig | undefined }[];
  stages: Readonly<Record<string, StageConfig>>;
}

/** What an adopted system cannot tell by itself: the stages are the fleet's. */
export function adoptionProblems({
  region,
  service,
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
  const elsewhere = systems.flatMap(({ adopt }, index) =>
    adopt
      ? inOtherRegions(adopt, region).map((one) => ({
          ...one,
          path: ['systems', index, 'adopt', ...one.path],
        }))
      : [],
  );
  const built = adopting.flatMap((stage) =>
    systems
      .filter(({ adopt }) => !adopt)
      .map(({ name }) => ({
        whose: `${name}, which is built here`,
        names: systemNames(service, stage, name),
      })),
  );
  return [...nowhere, ...elsewhere, ...adopting.flatMap((stage) => takenTwice(systems, stage, built))];
}

/** Whatever asks AWS asks in the fleet's region, where it would not find what is in another one. */
function inOtherRegions(
  value: unknown,
  region: string,
  path: string[] = [],
): { path: string[]; message: string }[] {
  if (typeof value === 'string') {
    const named = mayBeElsewhere.has(path.at(-1) ?? '') ? undefined : regionIn(value);
    return named === undefined || named === region
      ? []
      : [{ path, message: `expected one in ${region}, the fleet's region, and not in ${named}` }];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, each]) => inOtherRegions(each, region, [...path, key]))
    : [];
}

/** The canary calls it as any client does, wherever it is. */
const mayBeElsewhere: ReadonlySet<string> = new Set(['healthcheckUrl']);

/** What no two systems share; an API, a database or a topic they may. */
const ownFields: readonly {
  path: readonly [string, string];
  of: (adoption: Adoption) => string | undefined;
  /** What a system that is built has as that. */
  built: keyof SystemNames;
}[] = [
  { path: ['functions', 'api'], of: ({ functions }) => functions?.api, built: 'apiFunction' },
  {
    path: ['functions', 'subscriber'],
    of: ({ functions }) => functions?.subscriber,
    built: 'subscriberFunction',
  },
  { path: ['queues', 'subscriber'], of: ({ queues }) => queues?.subscriber, built: 'queue' },
];

/**
 * A block that was copied and not changed everywhere, or that names what is built here on any stage: the verdict on one
 * system would be about another one.
 */
function takenTwice(
  systems: FleetToAdoptInto['systems'],
  stage: string,
  builtSystems: readonly { whose: string; names: SystemNames }[],
) {
  const adopted = systems.flatMap(({ name, adopt }, index) => {
    const adoption = adopt && adoptionOn(adopt, stage);
    return adoption ? [{ name, index, adoption, isStages: adopt.stages?.[stage] }] : [];
  });
  return ownFields.flatMap(({ path, of, built }) => {
    const first = new Map(builtSystems.map(({ whose, names }) => [names[built], whose]));
    return adopted.flatMap(({ name, index, adoption, isStages }) => {
      const value = of(adoption);
      if (value === undefined) return [];
      // Queues have URLs, of which the name is the end.
      const other = first.get(value) ?? first.get(value.slice(value.lastIndexOf('/') + 1));
      if (other === undefined) {
        first.set(value, `${name} on stage "${stage}"`);
        return [];
      }
      const [field] = path;
      const below = isStages && field in isStages ? ['stages', stage] : [];
      const message = `expected one that differs from that of ${other}: ${value}`;
      return [{ path: ['systems', index, 'adopt', ...below, ...path], message }];
    });
  });
}
