import type { MetricSink } from '../sampler/metricSample.ts';

/** @param integrationMs time spent in the function's integration; left out when it wasn't reached */
export type ApiMeter = (
  timestampMs: number,
  answer: { status: number; integrationMs?: number },
  latencyMs: number,
) => void;

/** Publishes a request as API Gateway does: for the API, and for its stage. */
export function createApiMeter(metrics: MetricSink, apiName: string, stageName: string): ApiMeter {
  const writers = [{ ApiName: apiName }, { ApiName: apiName, Stage: stageName }].map((dimensions) => {
    const writer = (name: string, unit: 'Count' | 'Milliseconds') =>
      metrics.writer({ namespace: 'AWS/ApiGateway', name, dimensions, unit });
    return {
      count: writer('Count', 'Count'),
      clientErrors: writer('4XXError', 'Count'),
      serverErrors: writer('5XXError', 'Count'),
      latency: writer('Latency', 'Milliseconds'),
      integrationLatency: writer('IntegrationLatency', 'Milliseconds'),
    };
  });
  return (timestampMs, { status, integrationMs }, latencyMs) => {
    for (const { count, clientErrors, serverErrors, latency, integrationLatency } of writers) {
      count(timestampMs, 1);
      clientErrors(timestampMs, status >= 400 && status < 500 ? 1 : 0);
      serverErrors(timestampMs, status >= 500 ? 1 : 0);
      latency(timestampMs, latencyMs);
      if (integrationMs !== undefined) integrationLatency(timestampMs, integrationMs);
    }
  };
}
