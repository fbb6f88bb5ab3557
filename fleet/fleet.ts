import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { adoptionOn, type Adoption } from './adoption/adoptionSchema.ts';
import { FleetConfigError } from './errors.ts';
import { fleetSchema, zonesByRegion, type Fleet, type FleetConfig, type System } from './fleetSchema.ts';
import type { SystemCapacity } from './monitoredSystem.ts';
import { stageMaxLength } from './names.ts';
import { nodeTypes } from './nodeTypes.ts';
import type { RunsOn, StageConfig } from './stageSchema.ts';
import { configOf, peakOn } from './systemOverrides.ts';
import { systemsOn } from './systemsOn.ts';

export type { Fleet, FleetConfig, System } from './fleetSchema.ts';
export type { StageConfig } from './stageSchema.ts';
export { configOf } from './systemOverrides.ts';

/** Types fleet.config.ts where it is written. */
export const defineFleet = (config: FleetConfig): FleetConfig => config;

/**
 * The checked fleet.
 * @throws FleetConfigError naming each wrong field and what was expected there.
 */
export function parseFleet(config: unknown): Fleet {
  const result = fleetSchema.safeParse(config);
  if (result.success) return result.data;
  throw new FleetConfigError(
    result.error.issues.map((issue) => ({
      field: issue.path.join('.') || '(the whole configuration)',
      problem: issue.message,
    })),
  );
}

/**
 * SHA-256 of the checked fleet: the same configuration has the same hash, however it is written. The order of
 * its systems counts, since a stage that is made for each run takes the first ones. What they run is no part of it:
 * that is the release's (infra/release.ts).
 */
export const configurationHash = ({ service: _service, ...fleet }: Fleet): string =>
  createHash('sha256').update(JSON.stringify(fleet, withSortedKeys)).digest('hex');

/** For JSON.stringify. */
const withSortedKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Reads and checks a configuration file (its default export). */
export async function loadFleet(path: string): Promise<Fleet> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new FleetConfigError(
      [{ field: path, problem: error instanceof Error ? error.message : String(error) }],
      {
        cause: error,
      },
    );
  }
  return parseFleet(module.default);
}

/**
 * The stage's configuration; for a stage that is made for each run, that of `{stage}-{run}`.
 * @throws FleetConfigError when the fleet has no such stage.
 */
export function stageOf(fleet: Fleet, stage: string): StageConfig {
  const config = fleet.stages[stage];
  if (config && !config.runsOn) return config;
  const run = config ? undefined : stageOfRun(fleet, stage);
  if (run) return run;
  const names = Object.entries(fleet.stages).map(([name, { runsOn }]) => (runsOn ? `${name}-RUN` : name));
  throw new FleetConfigError([
    {
      field: 'stage',
      problem: config
        ? `"${stage}" is created for each run: name it "${stage}-" and the run's id, letters and digits`
        : `no stage "${stage}"; expected one of ${names.join(', ')}`,
    },
  ]);
}

function stageOfRun(fleet: Fleet, stage: string): StageConfig | undefined {
  const [, base = '', run] = /^(.+)-([a-z0-9]+)$/.exec(stage) ?? [];
  const config = fleet.stages[base];
  return config?.runsOn && run !== undefined && stage.length <= stageMaxLength ? config : undefined;
}

/** The stages, of those configured, that use the network and the databases of `stage` for their runs. */
export const stagesOn = (fleet: Fleet, stage: string): [string, StageConfig & { runsOn: RunsOn }][] =>
  Object.entries(fleet.stages).flatMap(([name, config]) =>
    config.runsOn?.stage === stage ? [[name, { ...config, runsOn: config.runsOn }]] : [],
  );

/** Names of the three zones that every network of the fleet spans, as AWS calls them. */
export const zonesOf = ({ region, zones = zonesByRegion[region] }: Fleet): string[] =>
  (zones ?? []).map((zone) => region + zone);

/** The systems that a stage has, built or adopted, in the configuration's order; each with the peak that it must carry there. */
export function systemsOf(fleet: Fleet, stage: string): System[] {
  const config = stageOf(fleet, stage);
  return withPeaks(systemsOn(fleet.systems, stage, config), config);
}

/** Those that are built from the contract: every stage has them. */
export const ownSystems = ({ systems }: Pick<Fleet, 'systems'>): System[] =>
  systems.filter(({ adopt }) => !adopt);

/** The same of a stage by its configuration. */
export const ownSystemsIn = (fleet: Pick<Fleet, 'systems'>, stage: StageConfig): System[] =>
  withPeaks(ownSystems(fleet).slice(0, stage.runsOn?.systems), stage);

const withPeaks = (systems: readonly System[], stage: StageConfig): System[] =>
  systems.map((system) => ({ ...system, expectedPeak: peakOn(stage, system) }));

/** A system that exists already, as a stage knows it. */
export interface AdoptedSystem extends System {
  adoption: Adoption;
}

/** Those that a stage has and that were made by whatever else. */
export const adoptedSystems = (fleet: Fleet, stage: string): AdoptedSystem[] =>
  systemsOf(fleet, stage).flatMap((system) => {
    const adoption = system.adopt && adoptionOn(system.adopt, stage);
    return adoption ? [{ ...system, adoption }] : [];
  });

/** Connections that a cluster with these sizes accepts. */
export const connectionLimitOf = ({ database }: Pick<StageConfig, 'database'>): number =>
  database.connectionLimit ?? nodeTypes[database.nodeType].connectionLimit;

/** What a system of the stage has, as configured. */
export function systemCapacityOf(stage: StageConfig, system: string): SystemCapacity {
  const config = configOf(stage, system);
  return {
    connectionLimit: connectionLimitOf(config),
    apiReservedConcurrency: config.api.reservedConcurrency,
    subscriberMaximumConcurrency: config.subscriber.maximumConcurrency,
  };
}

/** Memory of one cluster's nodes together, in MiB. */
export const clusterMemoryMiBOf = ({ database }: StageConfig): number =>
  nodeTypes[database.nodeType].memoryMiB * database.nodes;

/**
 * The fleet with `count` systems: the configured ones first, then copies of the last under new names.
 * For trying the local stage and the templates at another size.
 */
export function withSystems(fleet: Fleet, count: number): Fleet {
  const own = ownSystems(fleet);
  const systems = own.slice(0, count);
  const pattern = own.at(-1);
  if (!pattern) {
    throw new FleetConfigError([
      { field: 'systems', problem: 'expected one that is built here, not adopted' },
    ]);
  }
  const taken = new Set(systems.map((system) => system.name));
  for (let number = 1; systems.length < count; number += 1) {
    const name = `system-${String(number).padStart(2, '0')}`;
    if (!taken.has(name)) systems.push({ ...pattern, name });
  }
  const names = new Set(systems.map(({ name }) => name));
  const stages = Object.entries(fleet.stages).map(([name, stage]) => [name, withoutOthers(stage, names)]);
  return parseFleet({ ...fleet, systems, stages: Object.fromEntries(stages) as Fleet['stages'] });
}

/** A stage without what it says of systems that are not there. */
const withoutOthers = (stage: StageConfig, names: ReadonlySet<string>): StageConfig =>
  stage.systems
    ? {
        ...stage,
        systems: Object.fromEntries(Object.entries(stage.systems).filter(([name]) => names.has(name))),
      }
    : stage;
