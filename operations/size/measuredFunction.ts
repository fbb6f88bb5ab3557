import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import type { seed as seedSystems } from '../../loadtests/runner/seed.ts';
import type { SizeFile } from '../../records/size.ts';
import type { Target } from '../target.ts';
import type { Call } from './callAlias.ts';
import type { Places } from './callSizes.ts';

export type Role = NonNullable<SizeFile['function']>;

export type SizeTarget = Pick<Target, 'stage' | 'fleet' | 'configurationHash' | 'connection'>;

export interface SizeOptions {
  system: PublishedDocument;
  /** Which of its functions; the API's when left out. */
  function?: Role | undefined;
  /** In ascending order with the present one among them; left out: the usual ones. */
  sizesMiB?: readonly number[] | undefined;
  /** Of all sizes together; left out: what the system's expected peak comes to. */
  callsPerSecond?: number | undefined;
  /** Left out: the usual time, or as long as enough calls take. */
  durationMs?: number | undefined;
  /** Messages of the subscriber's batches; left out: what the expected peak comes to. */
  batch?: number | undefined;
  /** Leaves what the subscriber stored in the tables. */
  keepData?: boolean | undefined;
  /** Gives the API what it is asked for; a parameter for tests. */
  seed?: typeof seedSystems;
}

/** How the calls of a measurement are made: where they come from, and what is left of them. */
export interface Caller {
  /** @param nth of the load's calls, from 0 on */
  callOf: (memoryMiB: number, nth: number) => Call;
  /** The largest call that the function can get; left out where all are alike. */
  largest?: (memoryMiB: number) => Call;
  /** By size, why nothing is to be concluded of it though its calls were answered rightly, as a sentence. */
  doubts: () => Promise<ReadonlyMap<number, string>>;
}

/** How much is going to be called. */
export interface PlannedCalls {
  /** The measurement's run. */
  id: string;
  directory: string;
  /** Of the load. */
  calls: number;
  /** Of which each is called once more at its largest, where not all calls are alike. */
  sizes: number;
}

/** One of a system's functions, as a measurement of its sizes needs it. */
export interface MeasuredFunction {
  role: Role;
  functionName: string;
  /** Calls a second at the system's expected peak. */
  peakPerSecond: number;
  /** What a call holds; left out where it is a request. */
  batch?: SizeFile['batch'];
  /** @throws UsageError where there is not one for each size */
  placesFor(sizes: number): Promise<Places>;
  /** Works while it can be called; whatever the calls store is announced before and removed after, on every way out. */
  whileCallable<T>(planned: PlannedCalls, work: (caller: Caller) => Promise<T>): Promise<T>;
}
