import type { DatabaseEngine } from './adoption/database.ts';
import type { ErrorSource } from './adoption/errorSource.ts';

/** What a system has of what its functions and its database may run out of. */
export interface SystemCapacity {
  /** Concurrent connections the cluster accepts. */
  connectionLimit: number;
  /** Reserved concurrency of the API's function. */
  apiReservedConcurrency: number;
  /** Batches of the subscriber that run at once at most: the maximum concurrency of its event source mapping. */
  subscriberMaximumConcurrency: number;
}

/** Names that the metrics of a system's parts bear, of those parts that it has. */
interface PartNames {
  apiName: string;
  apiFunctionName: string;
  subscriberFunctionName: string;
  /** Of the database, whatever its engine. */
  clusterIdentifier: string;
  queueName: string;
  deadLetterQueueName: string;
  undeliveredQueueName: string;
}

interface AnySystem {
  system: string;
  /** Value of the dimension `System` in metrics of our own: the stage's name is in it. */
  systemDimension: string;
  engine: DatabaseEngine;
  /** By what a failed answer is known. */
  errors: ErrorSource;
  /** It publishes the metrics of our own handlers: memory, errors that repeat, messages applied. */
  publishesOwnMetrics: boolean;
  /** Somebody may ask it for its health. */
  hasHealthcheck: boolean;
  /** No queue is between its topic and its subscriber: SNS calls the function, and what fails three times is lost. */
  isCalledByTopic: boolean;
  /** The probe may log in to its database. */
  isProbed: boolean;
  /** Memory and storage of instances whose metrics tell what is free of them, not which share is in use. */
  databaseMemoryMiB?: number;
  databaseStorageGiB?: number;
}

/** A system as monitoring knows it. What it does not have is left out, and nobody asks for it. */
export interface MonitoredSystem extends AnySystem, Partial<PartNames>, Partial<SystemCapacity> {}

/** One that has everything, as all of ours have. */
export interface WholeSystem extends AnySystem, PartNames, SystemCapacity {}
