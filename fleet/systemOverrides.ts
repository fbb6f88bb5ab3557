import { adoptionOn, type AdoptionConfig } from './adoption/adoptionSchema.ts';
import { inWords, provingDifferences, type StageProblem } from './provingStage.ts';
import { nodesProblem, type ExpectedPeak, type StageConfig } from './stageSchema.ts';

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
  stages: Readonly<Record<string, StageConfig>>;
}): StageProblem[] {
  return Object.entries(stages).flatMap(([stage, config]) => {
    const present = config.runsOn
      ? systems.filter(({ adopt }) => !adopt).slice(0, config.runsOn.systems)
      : systems.filter(({ adopt }) => !adopt || adoptionOn(adopt, stage));
    const names = Object.keys(config.systems ?? {});
    const unknown = names.filter((name) => !present.some((system) => system.name === name));
    return [
      ...unknown.map((name) => ({
        path: [stage, 'systems', name],
        message: `expected a system of this stage: one of ${present.map((system) => system.name).join(', ')}`,
      })),
      ...names
        .filter((name) => !unknown.includes(name))
        .flatMap((name) =>
          sizeProblems(config, name).map((problem) => under([stage, 'systems', name], problem)),
        ),
      ...present.flatMap((system) =>
        system.adopt ? adoptedProblems(stage, config, system) : throttleProblems(stage, config, system),
      ),
      ...provenOtherwise(stages, stage, present),
    ];
  });
}

const under = (path: readonly string[], problem: StageProblem): StageProblem => ({
  ...problem,
  path: [...path, ...problem.path],
});

function sizeProblems(stage: StageConfig, system: string): StageProblem[] {
  const own = Object.keys(stage.systems?.[system]?.database ?? {});
  if (stage.runsOn && own.length > 0) {
    const message = `expected none: its databases are those of stage "${stage.runsOn.stage}"`;
    return [{ path: ['database', own[0]!], message }];
  }
  const nodes = own.length > 0 ? nodesProblem(configOf(stage, system).database) : null;
  return nodes === null ? [] : [{ path: ['database', 'nodes'], message: nodes }];
}

/** Nothing here decides what a system has that is not built here. */
const adoptedProblems = (stage: string, config: StageConfig, { name }: NamedSystem): StageProblem[] =>
  (['database', 'api', 'subscriber'] as const).flatMap((part) =>
    Object.keys(config.systems?.[name]?.[part] ?? {}).map((field) => ({
      path: [stage, 'systems', name, part, field],
      message: `expected none: ${name} is adopted, and what it has stands in its adopt`,
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
function provenOtherwise(
  stages: Readonly<Record<string, StageConfig>>,
  name: string,
  systems: readonly NamedSystem[],
): StageProblem[] {
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
