/** Names from which a system's metrics follow. Made by names.ts; nothing here needs a stack. */
export interface MonitoredSystem {
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
  /** Concurrent connections the cluster accepts. */
  connectionLimit: number;
  /** Reserved concurrency of the API's function. */
  apiReservedConcurrency: number;
}
