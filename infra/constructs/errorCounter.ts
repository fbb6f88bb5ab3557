import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { systemDimension } from '../../fleet/systemDimension.ts';
import { loggedErrorsMetric } from '../../monitoring/errorSignal.ts';
import { metricNamespace } from '../../service/metrics.ts';

/**
 * Counts the failed answers of a system that says so in its log alone. The log group is whoever's it was: a filter of
 * it is all that is added, and removed again.
 */
export function countLoggedErrors(
  scope: Construct,
  {
    stage,
    system,
    logGroup,
    pattern,
  }: { stage: string; system: string; /** Its name. */ logGroup: string; pattern: string },
): void {
  const dimension = systemDimension(stage, system);
  new CfnMetricFilter(scope, 'LoggedErrors', {
    filterName: `headroom-${dimension}`,
    logGroupName: logGroup,
    filterPattern: pattern,
    metricTransformations: [
      {
        metricNamespace,
        metricName: loggedErrorsMetric(dimension),
        metricValue: '1',
        // Lines that match nothing say that there was no error: without them silence would.
        defaultValue: 0,
        unit: 'Count',
      },
    ],
  });
}
