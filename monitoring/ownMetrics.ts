import { Metrics } from '@aws-lambda-powertools/metrics';
import { metricNamespace, type OwnMetric } from '../service/metrics.ts';

/** Writes one EMF line with the one dimension `System`; without values, nothing. */
export function publishOwnMetrics(
  systemDimension: string,
  values: readonly (readonly [metric: OwnMetric, value: number | undefined])[],
  atMs: number,
): void {
  const known = values.filter(([, value]) => value !== undefined);
  if (known.length === 0) return;
  const metrics = new Metrics({ namespace: metricNamespace });
  // Powertools' own dimension `service` would make other metrics than the ones that are watched.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ System: systemDimension });
  metrics.setTimestamp(atMs);
  for (const [{ name, unit }, value] of known) metrics.addMetric(name, unit, value!);
  metrics.publishStoredMetrics();
}
