/** What a system has of what its functions and its database may run out of. */
export interface SystemCapacity {
  /** Concurrent connections the cluster accepts. */
  connectionLimit: number;
  /** Reserved concurrency of the API's function. */
  apiReservedConcurrency: number;
  /** Batches of the subscriber that run at once at most: the maximum concurrency of its event source mapping. */
  subscriberMaximumConcurrency: number;
}

/** Names from which a system's metrics follow. Made by names.ts; nothing here needs a stack. */
export interface MonitoredSystem extends SystemCapacity {
  system: string;
  /** Value of the dimension `System` in metrics of our own: the stage's name is in it. */
  systemDimension: string;
  apiName: string;
  apiFunctionName: string;
  subscriberFunctionName: string;
  clusterIdentifier: string;
  queueName: string;
  deadLetterQueueName: string;
  undeliveredQueueName: string;
  /** What it does not have: its names stand for nothing, and nobody asks for them. */
  lacks?: readonly 'queues'[];
}
