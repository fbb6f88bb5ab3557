import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { VerdictRecord } from '../../records/verdict.ts';

/** What is not asked of a system, since its document does not name what it would be asked of. */
export const askLacking = ({
  system,
  lacks = [],
  expectedMessagesPerSecond,
}: Pick<MonitoredSystem, 'system' | 'lacks'> & { expectedMessagesPerSecond: number }): VerdictRecord[] =>
  lacks.map((part) => ({
    system,
    signal: part,
    // Without messages there is nothing in them.
    verdict: expectedMessagesPerSecond > 0 ? 'inconclusive' : 'pass',
    worst: null,
    limit: null,
    headroom: null,
    unit: 'count',
    reason:
      `Its document names no ${part}: the oldest message, dead letters and undelivered messages are not asked for` +
      (expectedMessagesPerSecond > 0
        ? `, and ${expectedMessagesPerSecond} messages a second are expected.`
        : '.'),
  }));
