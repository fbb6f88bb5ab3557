import { Logger } from '@aws-lambda-powertools/logger';
import { canaryMetrics } from '../../service/metrics.ts';
import { systemDimension, wholeFleet } from '../../fleet/systemDimension.ts';
import { publishOwnMetrics } from '../ownMetrics.ts';
import type { CanaryOutput } from './canary.ts';

/** An EMF line a system and one for the fleet; a log line for each unhealthy system, with the reason. */
export function createCanaryOutput(stage: string): CanaryOutput {
  const logger = new Logger({ serviceName: 'canary', persistentKeys: { stage } });
  return {
    system(system, health, atMs) {
      const value = health.healthy ? 0 : 1;
      publishOwnMetrics(systemDimension(stage, system), [[canaryMetrics.unhealthy, value]], atMs);
      if (health.healthy) return;
      logger.error(`unhealthy: ${health.detail}`, { system, reason: health.reason });
    },
    fleet(unhealthySystems, total, atMs) {
      const count = unhealthySystems.length;
      publishOwnMetrics(
        systemDimension(stage, wholeFleet),
        [
          [canaryMetrics.unhealthyHosts, count],
          [canaryMetrics.unhealthyShare, (100 * count) / total],
        ],
        atMs,
      );
      if (count > 0) logger.error(`${count} of ${total} systems are unhealthy`, { unhealthySystems });
    },
  };
}
