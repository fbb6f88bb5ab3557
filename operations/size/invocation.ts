/** What Lambda itself reports of an invocation, at the end of its log. */
export interface InvocationReport {
  durationMs: number;
  billedMs: number;
  memoryMiB: number;
  /** The most that the environment has used since it began. */
  usedMiB: number;
  /** Null for an environment that was there already. */
  initMs: number | null;
}

/** What became of one call. */
export type Invocation =
  | { state: 'answered'; report: InvocationReport }
  | { state: 'throttled' | 'dropped' }
  | { state: 'failed' | 'unreported'; reason: string };

/**
 * The report in the tail of a log, as plain text (`REPORT RequestId: … Duration: 12.3 ms …`) or as JSON
 * (`platform.report`); null where there is none, which happens to a function that logs much.
 */
export function reportIn(log: string): InvocationReport | null {
  for (const line of log.split('\n').toReversed()) {
    const report = line.startsWith('REPORT') ? ofText(line) : line.includes(reportType) ? ofJson(line) : null;
    if (report !== null) return report;
  }
  return null;
}

const reportType = 'platform.report';

function ofText(line: string): InvocationReport | null {
  const after = (name: string): number | null => {
    const found = new RegExp(String.raw`(?:^|\t)${name}: ([\d.]+) (?:ms|MB)`).exec(line)?.[1];
    return found === undefined ? null : Number(found);
  };
  return complete({
    durationMs: after('Duration'),
    billedMs: after('Billed Duration'),
    memoryMiB: after('Memory Size'),
    usedMiB: after('Max Memory Used'),
    initMs: after('Init Duration'),
  });
}

function ofJson(line: string): InvocationReport | null {
  let metrics: Record<string, unknown>;
  try {
    const { record } = JSON.parse(line) as { record?: { metrics?: Record<string, unknown> } };
    metrics = record?.metrics ?? {};
  } catch {
    return null;
  }
  const of = (name: string): number | null => {
    const value = metrics[name];
    return typeof value === 'number' ? value : null;
  };
  return complete({
    durationMs: of('durationMs'),
    billedMs: of('billedDurationMs'),
    memoryMiB: of('memorySizeMB'),
    usedMiB: of('maxMemoryUsedMB'),
    initMs: of('initDurationMs'),
  });
}

function complete(found: Record<keyof InvocationReport, number | null>): InvocationReport | null {
  const { durationMs, billedMs, memoryMiB, usedMiB, initMs } = found;
  if (durationMs === null || billedMs === null || memoryMiB === null || usedMiB === null) return null;
  return { durationMs, billedMs, memoryMiB, usedMiB, initMs };
}
