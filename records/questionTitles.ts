// Of whoever shows a verdict, on the terminal and on a page: this file imports nothing.

/** Titles of what the gate asks, by the signal's id; of resources as alarms and dashboards have them, whichever engine they are of. */
export const questionTitles: Readonly<Record<string, string>> = {
  databaseCpu: 'Database CPU',
  databaseMemory: 'Database memory',
  databaseConnections: 'Database connections',
  databaseDisk: 'Database disk',
  functionMemory: 'API function memory',
  functionConcurrency: 'API function concurrency',
  subscriberMemory: 'Subscriber memory',
  subscriberConcurrency: 'Subscriber concurrency',
  errorRate: 'Error rate',
  oldestMessage: 'Age of the oldest message',
  deadLetters: 'Messages given up',
  undelivered: 'Undeliverable messages',
  repeatedErrors: 'Recurring errors, API',
  subscriberErrors: 'Recurring errors, subscriber',
  unstored: 'Messages not stored',
  load: 'Requests sent',
  failedRequests: 'Failed requests',
  latencyP99: 'Latency p99',
  messageLoad: 'Messages sent',
  failedMessages: 'Messages not acknowledged',
  sameLoad: 'Requests in the metrics',
  generatorCpu: 'CPU of the generator',
  generatorSchedule: 'Dropped iterations',
  generatorLateness: 'Late iterations',
  run: 'Record of the run',
};

/** The title of what was asked; of a threshold of the script its metric, and the system where it is of one. */
export function questionTitle(id: string): string {
  const [, metric, of] = /^threshold:(\w+)(?:\{system:([^,}]+).*)?$/.exec(id) ?? [];
  if (metric === undefined) return questionTitles[id] ?? id;
  return `Threshold of ${metric}${of === undefined ? '' : ` of ${of}`}`;
}

/** The same within a sentence; what begins with an abbreviation stays. */
export function questionName(id: string): string {
  const title = questionTitle(id);
  return /^[A-Z][A-Z]/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1);
}
