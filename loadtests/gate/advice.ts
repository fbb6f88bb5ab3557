import { connectionLimitOf, type StageConfig } from '../../fleet/fleet.ts';
import { nodeTypes } from '../../fleet/nodeTypes.ts';
import { costOfChange } from '../../infra/plan/cost.ts';
import type { SignalId } from '../../monitoring/signals.ts';
import type { Advice, SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';
import { neededSizes } from './headroom/size.ts';
import type { MeasuredSystem } from './systemHeadroom.ts';

export interface AdviceInput {
  /** Every system of the stage. */
  systems: readonly MeasuredSystem[];
  /** Of the same systems. */
  headroom: readonly SystemHeadroomRecord[];
  /** What a stage gives each of its systems. */
  config: StageConfig;
  verdict: VerdictFile['verdict'];
  rehearsal: boolean;
}

/** What of a resource there is, as the configuration names it. */
interface Setting {
  name: string;
  /** Of the resources that it is the size of. */
  signals: readonly SignalId[];
  sizeOf: (config: StageConfig) => number;
  /** The configuration with another size; null where the size comes with something else. */
  withSize: ((config: StageConfig, size: number) => StageConfig) | null;
  /** The least that AWS takes. */
  least: (config: StageConfig) => number;
  /** Sizes are its multiples. */
  step: number;
  /** Whether the stage of this machine has it. */
  local: boolean;
}

/** Steps of memory that somebody would choose, in MiB. */
const memoryStep = 64;
const leastMemory = (): number => 128;

const settings: readonly Setting[] = [
  {
    name: 'database.nodes',
    signals: ['databaseCpu', 'databaseMemory', 'databaseDisk'],
    sizeOf: ({ database }) => database.nodes,
    withSize: (config, nodes) => ({ ...config, database: { ...config.database, nodes } }),
    least: ({ database }) => nodeTypes[database.nodeType].nodes.min,
    step: 1,
    local: false,
  },
  {
    name: 'connections (database.nodeType)',
    signals: ['databaseConnections'],
    sizeOf: connectionLimitOf,
    withSize: null,
    least: () => 1,
    step: 1,
    local: true,
  },
  {
    name: 'api.memoryMiB',
    signals: ['functionMemory'],
    sizeOf: ({ api }) => api.memoryMiB,
    withSize: (config, memoryMiB) => ({ ...config, api: { ...config.api, memoryMiB } }),
    least: leastMemory,
    step: memoryStep,
    local: true,
  },
  {
    name: 'api.reservedConcurrency',
    signals: ['functionConcurrency'],
    sizeOf: ({ api }) => api.reservedConcurrency,
    withSize: (config, reservedConcurrency) => ({ ...config, api: { ...config.api, reservedConcurrency } }),
    least: () => 1,
    step: 1,
    local: true,
  },
  {
    name: 'subscriber.memoryMiB',
    signals: ['subscriberMemory'],
    sizeOf: ({ subscriber }) => subscriber.memoryMiB,
    withSize: (config, memoryMiB) => ({ ...config, subscriber: { ...config.subscriber, memoryMiB } }),
    least: leastMemory,
    step: memoryStep,
    local: true,
  },
  {
    name: 'subscriber.maximumConcurrency',
    signals: ['subscriberConcurrency'],
    sizeOf: ({ subscriber }) => subscriber.maximumConcurrency,
    withSize: (config, maximumConcurrency) => ({
      ...config,
      subscriber: { ...config.subscriber, maximumConcurrency },
    }),
    // What SQS takes.
    least: () => 2,
    step: 1,
    local: true,
  },
];

/** What one system needs of one resource. */
interface Need {
  system: string;
  signal: SignalId;
  /**
   * The smallest size that is known to be enough; undefined where the run tells none. More than there is only where
   * the run shows that it may give way at the peak: a bound that is low for want of periods shows nothing.
   */
  size: number | undefined;
  /** Whether the reserve was gone. */
  over: boolean;
}

/**
 * What the measured load needs to keep the reserve at the whole peak, where it is not what the stage has: more
 * where a system needs it, less where every system has enough with less, which only a pass on AWS can show. A
 * stage's systems share their configuration: the one that needs most decides.
 */
export function adviceFor(input: AdviceInput): Advice[] {
  const { config, rehearsal } = input;
  const factors = input.systems.map(({ system: { system }, loaded, resources }) => ({
    system,
    ofSignal: new Map(neededSizes(loaded, resources).map(({ id, factor }) => [id, factor])),
  }));
  return settings
    .filter(({ local }) => local || !rehearsal)
    .flatMap((setting): Advice[] => {
      const from = setting.sizeOf(config);
      const needs = factors.flatMap(({ system, ofSignal }) =>
        setting.signals.map((signal): Need => {
          const factor = ofSignal.get(signal);
          const found = resourceOf(input.headroom, system, signal);
          const over = found?.basis === 'overLimit';
          const mayGiveWay = over || (found?.likely?.low ?? 1) < 1;
          const most = mayGiveWay ? Infinity : from;
          const size = factor === undefined ? undefined : Math.min(sizeFor(setting, from * factor), most);
          return { system, signal, size, over };
        }),
      );
      const decisive = needs.toSorted((a, b) => sizeOrMost(b) - sizeOrMost(a))[0];
      if (decisive === undefined) return [];
      const mayShrink = input.verdict === 'pass' && !rehearsal && setting.withSize !== null;
      const to = changeTo(needs, decisive, from, mayShrink ? setting.least(config) : from);
      if (to === undefined) return [];
      const { system, signal } = decisive;
      return [{ setting: setting.name, from, to, system, signal, usdAMonth: costOf(input, setting, to) }];
    });
}

/** Up to a whole step; what is a hair above one by its arithmetic is none. */
const sizeFor = ({ step }: Setting, size: number): number => Math.ceil(size / step - 1e-6) * step;

/** What was over its limit at no size that is known to be enough needs most. */
const sizeOrMost = ({ size, over }: Need): number => size ?? (over ? Infinity : 0);

/** Null for more than the run tells; undefined for no change. */
function changeTo(
  needs: readonly Need[],
  decisive: Need,
  from: number,
  least: number,
): number | null | undefined {
  const size = sizeOrMost(decisive);
  if (size === Infinity) return null;
  if (size > from) return size;
  const to = Math.max(least, size);
  return to < from && needs.every((need) => need.size !== undefined) ? to : undefined;
}

const resourceOf = (headroom: readonly SystemHeadroomRecord[], system: string, signal: SignalId) =>
  headroom.find((one) => one.system === system)?.resources.find((resource) => resource.signal === signal);

/** A rehearsal says nothing of what a month costs. */
function costOf(
  { systems, config, rehearsal }: AdviceInput,
  { withSize }: Setting,
  to: number | null,
): number | null {
  if (rehearsal || withSize === null || to === null) return null;
  const loads = systems.map(({ system: { system, ...expected } }) => ({
    name: system,
    expectedPeak: {
      requestsPerSecond: expected.expectedRequestsPerSecond,
      messagesPerSecond: expected.expectedMessagesPerSecond,
    },
  }));
  return costOfChange({ config, systems: loads }, withSize(config, to));
}
