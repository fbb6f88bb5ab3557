import type { Signal, SignalId } from '../signals.ts';

/** Names of a stage's two dashboards. */
export interface DashboardNames {
  application: string;
  database: string;
}

interface Explanation {
  /** What is above its limit, as the sentence's subject and verb. */
  meaning: string;
  dashboard: keyof DashboardNames;
}

const explanations: Record<SignalId, Explanation> = {
  databaseCpu: { meaning: 'the busiest database node has used its CPU to', dashboard: 'database' },
  databaseMemory: { meaning: 'the database memory in use, an estimate, reached', dashboard: 'database' },
  databaseConnections: {
    meaning: "the share of the database's connections in use reached",
    dashboard: 'database',
  },
  functionMemory: { meaning: "the API function's memory in use reached", dashboard: 'application' },
  functionConcurrency: {
    meaning: "the share of the API function's reserved concurrency in use reached",
    dashboard: 'application',
  },
  errorRate: {
    meaning: 'users are affected: the share of API answers with a 5xx status reached',
    dashboard: 'application',
  },
};

/** Runbook of a signal's alarm, from the repository's root. */
export const runbookPath = (signalId: SignalId): string => `monitoring/runbooks/${signalId}.md`;

/** One sentence for who is woken, then where to go on. */
export function alarmDescription(
  system: string,
  signalId: SignalId,
  signal: Signal,
  dashboards: DashboardNames,
): string {
  const { meaning, dashboard } = explanations[signalId];
  const periods = `${signal.datapointsToAlarm} of ${signal.evaluationPeriods} periods of ${signal.periodSeconds} s`;
  return (
    `${system}: ${meaning} ${signal.limit} % or more in ${periods}. ` +
    `Runbook: ${runbookPath(signalId)}. Dashboard: ${dashboards[dashboard]}.`
  );
}
