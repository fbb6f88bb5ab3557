/**
 * Every metric the service and the fleet's functions publish themselves: names and units.
 * Namespace `Headroom`, dimension sets `[System]` or `[System, Function]` and nothing else,
 * so that the number of custom metrics (0.30 USD each a month) can be counted from this list.
 */
export const metricNamespace = 'Headroom';

/** Values of the `Function` dimension: the role of the function, not its full name. */
export type FunctionRole = 'api' | 'subscriber';

/**
 * What the functions' lines of metrics say beside them: properties, which cost no metric and of which Logs Insights
 * can count, sum and compare as well.
 */
export const functionProperties = {
  /** 1 for the invocation that initialised its environment; absent for others. */
  coldStart: 'coldStart',
  /** Messages of a batch older than what is stored already, or repeated: acknowledged, nothing written. */
  messagesSuperseded: 'messagesSuperseded',
  /**
   * For each message of a batch that the subscriber has committed, the milliseconds since `occurredAt`, by its own
   * clock and the publisher's: every single one can be read.
   */
  storedAfterMs: 'storedAfterMs',
} as const;

/** Share of the successes that are logged, 0–1: of a hundred requests a second one can be read. */
export const usualSampleRate = 0.01;

export const functionMetrics = {
  /**
   * Resident memory of the process as a share of the function's configured size; 0–100. Told when it is news, so that
   * its maximum says all and its number of samples nothing but whether there was any.
   */
  memoryUtilization: {
    name: 'FunctionMemoryUtilization',
    unit: 'Percent',
    dimensions: ['System', 'Function'],
  },
  /** Messages whose client the batch wrote. */
  messagesApplied: { name: 'MessagesApplied', unit: 'Count', dimensions: ['System', 'Function'] },
  /** Messages that can never succeed, sent to the dead-letter queue. */
  messagesDeadLettered: { name: 'MessagesDeadLettered', unit: 'Count', dimensions: ['System', 'Function'] },
  /** Failures of an invocation with an `errorCode` its environment had shortly before; absent when none. */
  repeatedErrors: { name: 'RepeatedErrors', unit: 'Count', dimensions: ['System', 'Function'] },
} as const;

export const probeMetrics = {
  /** Estimate of the database's memory in use; 0–100. Redshift publishes no memory metric. */
  databaseMemoryUtilization: { name: 'DatabaseMemoryUtilization', unit: 'Percent', dimensions: ['System'] },
  /** SELECT statements finished a second since the last look. */
  selectsPerSecond: { name: 'SelectsPerSecond', unit: 'Count/Second', dimensions: ['System'] },
  /** Sessions as a share of what the cluster accepts; 0–100. */
  databaseConnectionUtilization: {
    name: 'DatabaseConnectionUtilization',
    unit: 'Percent',
    dimensions: ['System'],
  },
  /** The longest that a statement had to wait before it could run. */
  databaseQueueWait: { name: 'DatabaseQueueWait', unit: 'Milliseconds', dimensions: ['System'] },
  /** Requests a second up to which a passed gate proved the system. */
  provenPeak: { name: 'ProvenPeak', unit: 'Count/Second', dimensions: ['System'] },
  /** The same of messages; absent where it proved nothing of them. */
  provenMessagePeak: { name: 'ProvenMessagePeak', unit: 'Count/Second', dimensions: ['System'] },
  /** Databases of the whole fleet that answered. */
  databasesAnswered: { name: 'DatabasesAnswered', unit: 'Count', dimensions: ['System'] },
  /** Databases of the whole fleet for which the probe had no time. */
  databasesNotAsked: { name: 'DatabasesNotAsked', unit: 'Count', dimensions: ['System'] },
} as const;

export const canaryMetrics = {
  /** 1 when the system's healthcheck gave no good answer, else 0. */
  unhealthy: { name: 'Unhealthy', unit: 'Count', dimensions: ['System'] },
  /** Unhealthy systems of the whole fleet. */
  unhealthyHosts: { name: 'UnhealthyHosts', unit: 'Count', dimensions: ['System'] },
  /** The same as a share of the configured systems; 0–100. */
  unhealthyShare: { name: 'UnhealthyShare', unit: 'Percent', dimensions: ['System'] },
} as const;

export const comparisonMetrics = {
  /** How far a system's most unusual signal is from its like: the robust z-score, 0 where none stands out. */
  outlierScore: { name: 'StandingOut', unit: 'None', dimensions: ['System'] },
} as const;

/** A metric with the one dimension `System`. */
export type OwnMetric =
  | (typeof probeMetrics)[keyof typeof probeMetrics]
  | (typeof canaryMetrics)[keyof typeof canaryMetrics]
  | (typeof comparisonMetrics)[keyof typeof comparisonMetrics];
