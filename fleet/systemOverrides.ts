import type { AdoptionConfig } from './adoption/adoptionSchema.ts';
import { inWords, provingDifferences, type StageProblem, type Stages } from './provingStage.ts';
import { nodesProblem, type ExpectedPeak, type StageConfig } from './stageSchema.ts';
import { systemsOn } from './systemsOn.ts';

/** A system by what its stages are asked of it. */
interface NamedSystem {
  name: string;
  /** Given, it was made by whatever else: its sizes stand there. */
  adopt?: AdoptionConfig | undefined;
  expectedPeak: ExpectedPeak;
}

/** The stage's configuration as one of its systems has it: with the system's own sizes and limits in place. */
export function configOf(stage: StageConfig, system: string): StageConfig {
  const own = stage.systems?.[system];
  if (!own) return stage;
  return {
    ...stage,
    database: { ...stage.database, ...own.database },
    api: { ...stage.api, ...own.api },
    subscriber: { ...stage.subscriber, ...own.subscriber },
  };
}

/** The load that a system must carry on a stage. */
export const peakOn = (stage: StageConfig, { name, expectedPeak }: NamedSystem): ExpectedPeak => ({
  ...expectedPeak,
  ...stage.systems?.[name]?.expectedPeak,
});

/** What is wrong with what systems have otherwise, by its field below `stages`. */
export function overrideProblems({
  systems,
  stages,
}: {
  systems: readonly NamedSystem[];
  stages: Stages;
}): StageProblem[] {
  return Object.entries(stages).flatMap(([stage, config]) => {
    const present = systemsOn(systems, stage, config);
    const names = Object.keys(config.systems ?? {});
    const unknown = names.filter((name) => !present.some((system) => system.name === name));
    return [
      ...unknown.map((name) => ({
        path: [stage, 'systems', name],
        message: `expected a system of this stage: one of ${present.map((system) => system.name).join(', ')}`,
      })),
      ...names.filter((name) => !unknown.includes(name)).flatMap((name) => sizeProblems(stage, config, name)),
      ...present.flatMap((system) =>
        system.adopt ? adoptedProblems(stage, config, system) : throttleProblems(stage, config, system),
      ),
      ...provenOtherwise(stages, stage, present),
    ];
  });
}

function sizeProblems(stage: string, config: StageConfig, system: string): StageProblem[] {
  const [own] = Object.keys(config.systems?.[system]?.database ?? {});
  if (own === undefined) return [];
  const path = [stage, 'systems', system, 'database'];
  if (config.runsOn) {
    const message = `expected none: its databases are those of stage "${config.runsOn.stage}"`;
    return [{ path: [...path, own], message }];
  }
  const nodes = nodesProblem(configOf(config, system).database);
  return nodes === null ? [] : [{ path: [...path, 'nodes'], message: nodes }];
}

/** Nothing here decides what a system has that is not built here. */
const adoptedProblems = (stage: string, config: StageConfig, { name }: NamedSystem): StageProblem[] =>
  (['database', 'api', 'subscriber'] as const).flatMap((part) =>
    Object.keys(config.systems?.[name]?.[part] ?? {}).map((field) => ({
      path: [stage, 'systems', name, part, field],
      message: `expected none: ${name} is adopted, and its adopt says what it has`,
    })),
  );

/** An API that lets in less than its peak could not carry it. */
function throttleProblems(stage: string, config: StageConfig, system: NamedSystem): StageProblem[] {
  const { throttlePerSecond } = configOf(config, system.name).api;
  const { requestsPerSecond } = peakOn(config, system);
  if (throttlePerSecond === undefined || throttlePerSecond >= requestsPerSecond) return [];
  const isOwn = config.systems?.[system.name]?.api.throttlePerSecond !== undefined;
  return [
    {
      path: [stage, ...(isOwn ? ['systems', system.name] : []), 'api', 'throttlePerSecond'],
      message: `expected at least the ${requestsPerSecond} requests a second that ${system.name} must carry`,
    },
  ];
}

/** Where a system of a stage is not what it is on the stage that proves its peak. */
function provenOtherwise(stages: Stages, name: string, systems: readonly NamedSystem[]): StageProblem[] {
  const proven = stages[name]!;
  const by = proven.provenByStage;
  const proving = by === undefined ? undefined : stages[by];
  if (by === undefined || !proving) return [];
  const ofAll = new Set(provingDifferences(proving, proven).map(({ field }) => field));
  return systems
    .filter(({ name: system }) => proven.systems?.[system] ?? proving.systems?.[system])
    .flatMap((system) => {
      const peaks = [peakOn(proving, system), peakOn(proven, system)] as const;
      const differences = [
        ...provingDifferences(configOf(proving, system.name), configOf(proven, system.name)),
        ...(['requestsPerSecond', 'messagesPerSecond'] as const)
          .filter((kind) => peaks[0][kind] !== peaks[1][kind])
          .map((kind) => ({ field: `expectedPeak.${kind}`, expected: peaks[1][kind] })),
      ].filter(({ field }) => !ofAll.has(field));
      return differences.map(({ field, expected }) => ({
        path: [by, 'systems', system.name, ...field.split('.')],
        message: `expected ${inWords(expected)}, as ${system.name} has on stage "${name}", whose peak "${by}" proves (provenByStage)`,
      }));
    });
}
