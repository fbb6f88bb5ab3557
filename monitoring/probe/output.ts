import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ServiceError, type ErrorCode } from '../../service/errors.ts';
import { metricNamespace, probeMetrics, systemDimension } from '../../service/metrics.ts';
import type { Findings, ProbeOutput } from './probe.ts';

/** Findings as EMF lines with the one dimension `System`; failures as log lines with their `errorCode`. */
export function createProbeOutput(stage: string): ProbeOutput {
  const logger = new Logger({ serviceName: 'probe', persistentKeys: { stage } });
  return {
    publish(system, { memoryPercent, selectsPerSecond }: Findings, atMs) {
      if (memoryPercent === undefined && selectsPerSecond === undefined) return;
      const metrics = new Metrics({ namespace: metricNamespace, serviceName: 'probe' });
      // Powertools' own dimension `service` would make other metrics than the ones that are watched.
      metrics.clearDefaultDimensions();
      metrics.setDefaultDimensions({ System: systemDimension(stage, system) });
      metrics.setTimestamp(atMs);
      const add = (
        { name, unit }: (typeof probeMetrics)[keyof typeof probeMetrics],
        value?: number,
      ): void => {
        if (value !== undefined) metrics.addMetric(name, unit, value);
      };
      add(probeMetrics.databaseMemoryUtilization, memoryPercent);
      add(probeMetrics.selectsPerSecond, selectsPerSecond);
      metrics.publishStoredMetrics();
    },
    failed(system, error) {
      const message = error instanceof Error ? error.message : String(error);
      logger.error(`could not look at the database: ${message}`, { system, errorCode: errorCodeOf(error) });
    },
  };
}

/** An error of the AWS client, from the service or from the way there, says that nobody answered. */
function errorCodeOf(error: unknown): ErrorCode {
  if (error instanceof ServiceError) return error.errorCode;
  return error instanceof Error && '$metadata' in error ? 'databaseUnreachable' : 'internal';
}
