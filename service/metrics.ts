/**
 * Every metric the service and the fleet's functions publish themselves: names and units.
 * Namespace `Headroom`, dimension sets `[System]` or `[System, Function]` and nothing else,
 * so that the number of custom metrics (0.30 USD each a month) can be counted from this list.
 */
export const metricNamespace = 'Headroom';

/** Values of the `Function` dimension: the role of the function, not its full name. */
export type FunctionRole = 'api' | 'subscriber' | 'probe';

/**
 * Beside the metrics every EMF line says how the invocation ended: `ok`, or the `errorCode` of its last
 * failure. A property, no dimension: Logs Insights groups by it, and it costs no metric.
 */
export const outcomeProperty = 'outcome';

export const functionMetrics = {
  /** Resident memory of the process as a share of the function's configured size; 0–100. */
  memoryUtilization: {
    name: 'FunctionMemoryUtilization',
    unit: 'Percent',
    dimensions: ['System', 'Function'],
  },
  /** 1 for an invocation that initialised its environment. */
  coldStart: { name: 'ColdStart', unit: 'Count', dimensions: ['System', 'Function'] },
  /** Messages whose client the batch wrote. */
  messagesApplied: { name: 'MessagesApplied', unit: 'Count', dimensions: ['System', 'Function'] },
  /** Messages older than what is stored already, or repeated: acknowledged, nothing written. */
  messagesSuperseded: { name: 'MessagesSuperseded', unit: 'Count', dimensions: ['System', 'Function'] },
  /** Messages that can never succeed, sent to the dead-letter queue. */
  messagesDeadLettered: { name: 'MessagesDeadLettered', unit: 'Count', dimensions: ['System', 'Function'] },
} as const;

export const probeMetrics = {
  /** Estimate of the database's memory in use; 0–100. Redshift publishes no memory metric. */
  databaseMemoryUtilization: { name: 'DatabaseMemoryUtilization', unit: 'Percent', dimensions: ['System'] },
  /** SELECT statements finished a second since the last look. */
  selectsPerSecond: { name: 'SelectsPerSecond', unit: 'Count/Second', dimensions: ['System'] },
} as const;
