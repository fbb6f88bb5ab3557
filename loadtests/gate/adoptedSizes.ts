import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { SignalId } from '../../monitoring/signals.ts';

/** What an adopted system has of a resource. */
export interface AdoptedSize {
  /** What it is the size of, in the words of whoever can change it. */
  sizes: string;
  /** Of the resources that it is the size of. */
  signals: readonly SignalId[];
  from: number;
}

/** What is compared with nothing that has a number: more of it is so many percent of what there is. */
const percentOf = (what: string, signals: readonly SignalId[]): AdoptedSize => ({
  sizes: `${what}, percent of now`,
  signals,
  from: 100,
});

/** A number of something, where it is known. */
const count = (sizes: string, signal: SignalId, from: number | undefined): AdoptedSize[] =>
  from === undefined ? [] : [{ sizes, signals: [signal], from }];

/**
 * The sizes of an adopted system, which somebody else gives it: of Redshift its nodes, of a PostgreSQL the class of its
 * instance and what comes with it.
 */
export function adoptedSizes(system: MonitoredSystem): AdoptedSize[] {
  const { engine, connectionLimit, databaseMemoryMiB, databaseStorageGiB } = system;
  const ofDatabase =
    engine === 'redshift'
      ? [percentOf("nodes of the database's cluster", ['databaseCpu', 'databaseMemory', 'databaseDisk'])]
      : [
          percentOf("vCPUs of the database's instance class", ['databaseCpu']),
          ...count("memory of the database's instance class, MiB", 'databaseMemory', databaseMemoryMiB),
          ...count(
            engine === 'aurora-postgresql'
              ? "local storage of the database's instance class, GiB"
              : "the database's storage, GiB",
            'databaseDisk',
            databaseStorageGiB,
          ),
        ];
  return [
    ...ofDatabase,
    ...count(
      engine === 'redshift' ? 'connections of the database' : "the database's max_connections",
      'databaseConnections',
      connectionLimit,
    ),
    ...count(
      "reserved concurrency of the API's function",
      'functionConcurrency',
      system.apiReservedConcurrency,
    ),
    ...count(
      'maximum concurrency of the subscriber',
      'subscriberConcurrency',
      system.subscriberMaximumConcurrency,
    ),
  ];
}
