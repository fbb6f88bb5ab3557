import { tightestConnections, type Budget } from '../budget.ts';
import { rolloutMinutes, wavesOf } from '../waves.ts';
import {
  adoptedSystems,
  configOf,
  ownSystems,
  ownSystemsIn,
  stageOf,
  type Fleet,
  type System,
} from '../../fleet/fleet.ts';
import { alternatives, costOf, sizedSystems, type CostItem } from './cost.ts';
import { countsAt, type Inventory } from './inventory.ts';
import { limits } from '../../monitoring/limits.ts';
import { peakPerSecond } from './peak.ts';
import { pricesReadOn } from './prices.ts';
import { quotaUses, type QuotaUse, type StageSize } from './quotas.ts';

/** What can be said of a stage before it is deployed. */
export interface StagePlan {
  stage: string;
  /** Those that are built here. */
  systems: number;
  /** Names of the others, which were made by whatever else: nothing of them is counted or priced. */
  adopted: string[];
  /** Of the system that has the least room. */
  connections: Budget;
  /** `headroom deploy`: systems that each wave reaches, and how long all of it takes at least. */
  release: { waves: number[]; minutes: number };
  /** A load test of all systems at their peaks: how many generators of one core it takes. */
  load: { requestsPerSecond: number; generators: number };
  /** The most used first. */
  quotas: QuotaUse[];
  /** What binds first as systems are added, everything else being as it is. */
  firstLimit: {
    /** Systems that there is room for. */
    systems: number;
    /** The quota that one more would exceed. */
    quota: string;
  };
  cost: {
    pricesReadOn: string;
    /** Share of the expected peak that is served on average. */
    loadShare: number;
    items: CostItem[];
    totalUsd: number;
    monitoringUsd: number;
    /** What there is to pay where databases run, and load comes, for an hour a night; null: not pausable. */
    totalWhenPausedUsd: number | null;
    alternatives: CostItem[];
  };
}

export interface PlanOptions {
  fleet: Fleet;
  stage: string;
  /** Of each stage of the fleet that is planned. */
  inventories: ReadonlyMap<string, Inventory>;
  /** 0–1. */
  loadShare: number;
}

/** Most systems that a search for the first limit looks at. */
const manySystems = 10_000;

/** The plan of a stage: pure arithmetic over the configuration and what the templates hold. */
export function planStage({ fleet, stage, inventories, loadShare }: PlanOptions): StagePlan {
  const own = ownSystems(fleet);
  const systems = own.length;
  const config = stageOf(fleet, stage);
  const counts = countsAt(inventories.get(stage)!, systems);
  const requestsPerSecond = peakPerSecond(fleet, stage);
  const sized = sizedSystems(config, ownSystemsIn(fleet, config));
  const itemsAt = (share: number): CostItem[] => costOf({ systems: sized, counts, loadShare: share });
  const items = itemsAt(loadShare);
  const totalUsd = total(items);
  const alwaysUsd = total(itemsAt(0).filter(({ group }) => group !== 'database'));
  return {
    stage,
    systems,
    adopted: adoptedSystems(fleet, stage).map(({ name }) => name),
    connections: tightestConnections(
      fleet,
      stage,
      own.map(({ name }) => name),
    ),
    release: {
      waves: wavesOf(own).map(({ length }) => length),
      minutes: rolloutMinutes(systems),
    },
    load: {
      requestsPerSecond,
      generators: Math.ceil(requestsPerSecond / limits.generator.requestsPerSecond),
    },
    quotas: usesOf(fleet, stage, inventories, systems),
    firstLimit: firstLimitOf(fleet, stage, inventories),
    cost: {
      pricesReadOn,
      loadShare,
      items,
      totalUsd,
      monitoringUsd: total(items.filter(({ group }) => group === 'monitoring')),
      totalWhenPausedUsd: config.database.pausable ? alwaysUsd + (totalUsd - alwaysUsd) * nightlyShare : null,
      alternatives: alternatives(systems, counts),
    },
  };
}

/** An hour a night: the run, and the resume and pause around it. */
const nightlyShare = 1 / 24;

const total = (items: readonly CostItem[]): number => items.reduce((sum, { usd }) => sum + usd, 0);

/** Doubling, then halving: each quota's use only grows with the systems, and a use takes as long as there are systems. */
function firstLimitOf(
  fleet: Fleet,
  stage: string,
  inventories: PlanOptions['inventories'],
): StagePlan['firstLimit'] {
  const exceededAt = (systems: number): QuotaUse | undefined => {
    const grown = { ...fleet, systems: grownTo(fleet, systems) };
    return usesOf(grown, stage, inventories, systems).find(({ used, limit }) => used > limit);
  };
  let [fits, exceeds] = [0, 1];
  while (exceeds < manySystems && !exceededAt(exceeds)) {
    [fits, exceeds] = [exceeds, Math.min(2 * exceeds, manySystems)];
  }
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (exceededAt(middle)) exceeds = middle;
    else fits = middle;
  }
  return { systems: fits, quota: exceededAt(exceeds)?.name ?? 'none' };
}

/**
 * So many systems that are built here, beyond the configured ones as the last of these; and what is adopted, whose number
 * does not grow.
 */
function grownTo(fleet: Fleet, count: number): System[] {
  const own = ownSystems(fleet);
  const { adopt: _adopted, ...like } = own.at(-1) ?? fleet.systems.at(-1)!;
  return [
    ...Array.from({ length: count }, (_, index) => own[index] ?? { ...like, name: '' }),
    ...fleet.systems.filter(({ adopt }) => adopt),
  ];
}

function usesOf(
  fleet: Fleet,
  stage: string,
  inventories: PlanOptions['inventories'],
  systems: number,
): QuotaUse[] {
  const { account } = stageOf(fleet, stage);
  const neighbours = [...inventories.keys()].filter(
    (name) => name !== stage && stageOf(fleet, name).account === account,
  );
  return quotaUses(
    sizeOf(fleet, stage, inventories, systems),
    neighbours.map((name) => sizeOf(fleet, name, inventories, systems)),
  );
}

function sizeOf(
  fleet: Fleet,
  stage: string,
  inventories: PlanOptions['inventories'],
  systems: number,
): StageSize {
  const config = stageOf(fleet, stage);
  return {
    fleet,
    stage,
    systems,
    counts: countsAt(inventories.get(stage)!, systems),
    nodes: ownSystemsIn(fleet, config).reduce(
      (sum, { name }) => sum + configOf(config, name).database.nodes,
      0,
    ),
  };
}
