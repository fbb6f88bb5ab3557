import { connectionBudget, type Budget } from '../budget.ts';
import { stageOf, type Fleet } from '../fleet.ts';
import { alternatives, costOf, type CostItem } from './cost.ts';
import { countsAt, type Inventory } from './inventory.ts';
import { pricesReadOn } from './prices.ts';
import { quotaUses, type QuotaUse, type StageSize } from './quotas.ts';

/** What can be said of a stage before it is deployed. */
export interface StagePlan {
  stage: string;
  systems: number;
  connections: Budget;
  /** The one that binds first comes first. */
  quotas: QuotaUse[];
  /** Systems at which the first quota is used up, everything else being as it is. */
  systemsAtFirstLimit: number;
  cost: {
    pricesReadOn: string;
    /** Share of the expected peak that is served on average. */
    loadShare: number;
    items: CostItem[];
    totalUsd: number;
    monitoringUsd: number;
    /** What pausing the databases for all but the hour of a nightly run would leave to pay; null: not pausable. */
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
  const systems = fleet.systems.length;
  const config = stageOf(fleet, stage);
  const { counts } = sizeOf(fleet, stage, inventories, systems);
  const items = costOf({ config, systems: fleet.systems, counts, loadShare });
  const totalUsd = total(items);
  const databasesUsd = total(items.filter(({ group }) => group === 'database'));
  return {
    stage,
    systems,
    connections: connectionBudget(fleet, stage),
    quotas: usesOf(fleet, stage, inventories, systems),
    systemsAtFirstLimit: systemsAtFirstLimit(fleet, stage, inventories),
    cost: {
      pricesReadOn,
      loadShare,
      items,
      totalUsd,
      monitoringUsd: total(items.filter(({ group }) => group === 'monitoring')),
      totalWhenPausedUsd: config.database.pausable ? totalUsd - databasesUsd * (1 - nightlyShare) : null,
      alternatives: alternatives(systems, counts),
    },
  };
}

/** An hour a night: the run, and the resume and pause around it. */
const nightlyShare = 1 / 24;

const total = (items: readonly CostItem[]): number => items.reduce((sum, { usd }) => sum + usd, 0);

/** Halving: each quota's use only grows with the systems. */
function systemsAtFirstLimit(fleet: Fleet, stage: string, inventories: PlanOptions['inventories']): number {
  let [fits, exceeds] = [0, manySystems];
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    // With systems as they are on average; only their number counts here.
    const grown = { ...fleet, systems: Array.from({ length: middle }, () => fleet.systems[0]!) };
    const within = usesOf(grown, stage, inventories, middle).every(({ used, limit }) => used <= limit);
    if (within) fits = middle;
    else exceeds = middle;
  }
  return fits;
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

const sizeOf = (
  fleet: Fleet,
  stage: string,
  inventories: PlanOptions['inventories'],
  systems: number,
): StageSize => ({
  fleet,
  stage,
  systems,
  counts: countsAt(inventories.get(stage)!, systems),
  nodes: stageOf(fleet, stage).database.nodes,
});
