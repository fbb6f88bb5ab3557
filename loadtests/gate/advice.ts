import { configOf, connectionLimitOf, type StageConfig } from '../../fleet/fleet.ts';
import { nodeTypes } from '../../fleet/nodeTypes.ts';
import { costOfChange, type SizedSystem } from '../../infra/plan/cost.ts';
import type { SignalId } from '../../monitoring/signals.ts';
import type { Advice, SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';
import { neededSizes } from './headroom/size.ts';
import { adoptedSizes } from './adoptedSizes.ts';
import type { MeasuredSystem } from './systemHeadroom.ts';

export interface AdviceInput {
  /** Every system of the stage. */
  systems: readonly MeasuredSystem[];
  /** Of the same systems. */
  headroom: readonly SystemHeadroomRecord[];
  /** What a stage gives its systems, and what some have otherwise. */
  config: StageConfig;
  verdict: VerdictFile['verdict'];
  rehearsal: boolean;
}

/** What a system has. */
type Sizes = SizedSystem['config'];

/** What a size may be. */
interface Sizing {
  /** Of the resources that it is the size of. */
  signals: readonly SignalId[];
  /** The configuration with another size; null where the size comes with something else. */
  withSize: ((config: Sizes, size: number) => Sizes) | null;
  /** The least that AWS takes. */
  least: (config: Sizes) => number;
  /** Sizes are its multiples. */
  step: number;
}

/** What of a resource there is. */
interface Setting extends Sizing {
  /** As the configuration names it. */
  field: string;
  /** What it is the size of, where the field does not say it. */
  sizes?: string;
  sizeOf: (config: Sizes) => number;
}

/** What the stage on this machine lacks, so that a rehearsal says nothing of its size. */
const onAwsAlone: ReadonlySet<SignalId> = new Set(['databaseCpu', 'databaseMemory', 'databaseDisk']);

/** Steps of memory that somebody would choose, in MiB. */
const memoryStep = 64;
const leastMemory = (): number => 128;

const settings: readonly Setting[] = [
  {
    field: 'database.nodes',
    signals: ['databaseCpu', 'databaseMemory', 'databaseDisk'],
    sizeOf: ({ database }) => database.nodes,
    withSize: (config, nodes) => ({ ...config, database: { ...config.database, nodes } }),
    least: ({ database }) => nodeTypes[database.nodeType].nodes.min,
    step: 1,
  },
  {
    field: 'database.nodeType',
    sizes: 'connections',
    signals: ['databaseConnections'],
    sizeOf: connectionLimitOf,
    withSize: null,
    least: () => 1,
    step: 1,
  },
  {
    field: 'api.memoryMiB',
    signals: ['functionMemory'],
    sizeOf: ({ api }) => api.memoryMiB,
    withSize: (config, memoryMiB) => ({ ...config, api: { ...config.api, memoryMiB } }),
    least: leastMemory,
    step: memoryStep,
  },
  {
    field: 'api.reservedConcurrency',
    signals: ['functionConcurrency'],
    sizeOf: ({ api }) => api.reservedConcurrency,
    withSize: (config, reservedConcurrency) => ({ ...config, api: { ...config.api, reservedConcurrency } }),
    least: () => 1,
    step: 1,
  },
  {
    field: 'subscriber.memoryMiB',
    signals: ['subscriberMemory'],
    sizeOf: ({ subscriber }) => subscriber.memoryMiB,
    withSize: (config, memoryMiB) => ({ ...config, subscriber: { ...config.subscriber, memoryMiB } }),
    least: leastMemory,
    step: memoryStep,
  },
  {
    field: 'subscriber.maximumConcurrency',
    signals: ['subscriberConcurrency'],
    sizeOf: ({ subscriber }) => subscriber.maximumConcurrency,
    withSize: (config, maximumConcurrency) => ({
      ...config,
      subscriber: { ...config.subscriber, maximumConcurrency },
    }),
    // What SQS takes.
    least: () => 2,
    step: 1,
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
 * where a system needs it, less where every system has enough with less, which only a pass on AWS can show. The
 * systems that share a size are advised together, and the one that needs most decides; one with a size of its own is
 * by itself, and so is one that was made by whatever else: what that has is neither configured nor priced here.
 */
export function adviceFor(input: AdviceInput): Advice[] {
  const factors = new Map(
    input.systems.map(({ system: { system }, loaded, resources }) => [
      system,
      new Map(neededSizes(loaded, resources).map(({ id, factor }) => [id, factor])),
    ]),
  );
  const own = input.systems.filter(({ system }) => system.publishesOwnMetrics);
  const adopted = input.systems.filter(({ system }) => !system.publishesOwnMetrics);
  return [
    ...settings.flatMap((setting) =>
      sharing(own, input.config, setting).flatMap((size) => adviceOn(input, setting, size, factors)),
    ),
    ...adopted.flatMap((one) =>
      adoptedSizes(one.system).flatMap(({ sizes, signals, from }) => {
        const size = { name: `${one.system.system}: ${sizes}`, from, systems: [one] };
        return adviceOn(input, { ...givenByOthers, signals }, size, factors).map((advice) => ({
          ...advice,
          unpriced: 'it is adopted',
        }));
      }),
    ),
  ];
}

/** Nobody here sets it, so that less of it is no advice either. */
const givenByOthers: Omit<Sizing, 'signals'> = { withSize: null, least: () => 1, step: 1 };

/** A size, and the systems that have it. */
interface SharedSize {
  /** As the configuration names it. */
  name: string;
  from: number;
  systems: readonly MeasuredSystem[];
}

/** First the size that the stage gives, then those that systems have instead. */
function sharing(
  systems: readonly MeasuredSystem[],
  config: StageConfig,
  { field, sizes, sizeOf }: Setting,
): SharedSize[] {
  const ofStage = sizeOf(config);
  const ownOf = ({ system: { system } }: MeasuredSystem): number => sizeOf(configOf(config, system));
  const named = (at: string): string => (sizes === undefined ? at : `${sizes} (${at})`);
  const shared = systems.filter((one) => ownOf(one) === ofStage);
  const own = systems.filter((one) => ownOf(one) !== ofStage);
  return [
    ...(shared.length === 0 ? [] : [{ name: named(field), from: ofStage, systems: shared }]),
    ...own.map((one) => ({
      name: named(`systems.${one.system.system}.${field}`),
      from: ownOf(one),
      systems: [one],
    })),
  ];
}

function adviceOn(
  input: AdviceInput,
  setting: Sizing,
  shared: SharedSize,
  factors: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Advice[] {
  const { config, rehearsal } = input;
  if (rehearsal && setting.signals.some((signal) => onAwsAlone.has(signal))) return [];
  const { name, from, systems } = shared;
  const needs = systems.flatMap(({ system: { system } }) =>
    setting.signals.map((signal): Need => {
      const factor = factors.get(system)?.get(signal);
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
  const least = setting.least(configOf(config, decisive.system));
  const to = changeTo(needs, decisive, from, mayShrink ? least : from);
  if (to === undefined) return [];
  const { system, signal } = decisive;
  return [{ setting: name, from, to, system, signal, usdAMonth: costOf(input, setting, shared, to) }];
}

/** Up to a whole step; what is a hair above one by its arithmetic is none. */
const sizeFor = ({ step }: Sizing, size: number): number => Math.ceil(size / step - 1e-6) * step;

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
  { config, rehearsal }: AdviceInput,
  { withSize }: Sizing,
  { systems }: SharedSize,
  to: number | null,
): number | null {
  if (rehearsal || withSize === null || to === null) return null;
  const sized = systems.map(({ system: { system, ...expected } }): SizedSystem => ({
    config: configOf(config, system),
    expectedPeak: {
      requestsPerSecond: expected.expectedRequestsPerSecond,
      messagesPerSecond: expected.expectedMessagesPerSecond,
    },
  }));
  const changed = sized.map((one) => ({ ...one, config: withSize(one.config, to) }));
  return costOfChange(sized, changed);
}
