import { Logger } from '@aws-lambda-powertools/logger';
import { ServiceError, type ErrorCode } from '../../service/errors.ts';
import { probeMetrics } from '../../service/metrics.ts';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { publishOwnMetrics } from '../ownMetrics.ts';
import type { ProbeOutput } from './probe.ts';

/** Findings as EMF lines with the one dimension `System`; failures as log lines with their `errorCode`. */
export function createProbeOutput(stage: string): ProbeOutput {
  const logger = new Logger({ serviceName: 'probe', persistentKeys: { stage } });
  return {
    publish(system, findings, atMs) {
      publishOwnMetrics(
        systemDimension(stage, system),
        [
          [probeMetrics.databaseMemoryUtilization, findings.memoryPercent],
          [probeMetrics.selectsPerSecond, findings.selectsPerSecond],
          [probeMetrics.databaseConnectionUtilization, findings.connectionPercent],
          [probeMetrics.databaseQueueWait, findings.queueWaitMs],
        ],
        atMs,
      );
    },
    provenPeak(system, { requestsPerSecond, messagesPerSecond }, atMs) {
      publishOwnMetrics(
        systemDimension(stage, system),
        [
          [probeMetrics.provenPeak, requestsPerSecond],
          ...(messagesPerSecond === undefined
            ? []
            : ([[probeMetrics.provenMessagePeak, messagesPerSecond]] as const)),
        ],
        atMs,
      );
    },
    told({ answered, notAsked }, atMs) {
      publishOwnMetrics(
        systemDimension(stage, wholeFleet),
        [
          [probeMetrics.databasesAnswered, answered],
          [probeMetrics.databasesNotAsked, notAsked],
        ],
        atMs,
      );
    },
    failed(system, error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.error(`could not look at the database: ${message}`, { system, errorCode: errorCodeOf(error) });
    },
    peakUnknown(error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.error(`no proven peak is known: ${message}`);
    },
  };
}

/** An error of the AWS client, from the service or from the way there, says that nobody answered. */
function errorCodeOf(error: unknown): ErrorCode {
  if (error instanceof ServiceError) return error.errorCode;
  return error instanceof Error && '$metadata' in error ? 'databaseUnreachable' : 'internal';
}
