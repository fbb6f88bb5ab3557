import type { MetricSink } from '../sampler/metricSample.ts';
import type { RawOutcome } from './invocation.ts';

export type FunctionMeter = (timestampMs: number, outcome: RawOutcome) => void;

/** Publishes an invocation as Lambda does; one that the stage's end cut off was none. */
export function createFunctionMeter(metrics: MetricSink, functionName: string): FunctionMeter {
  const writer = (name: string, unit: 'Count' | 'Milliseconds') =>
    metrics.writer({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName: functionName }, unit });
  const invocations = writer('Invocations', 'Count');
  const errors = writer('Errors', 'Count');
  const throttles = writer('Throttles', 'Count');
  const duration = writer('Duration', 'Milliseconds');
  return (timestampMs, outcome) => {
    if (!outcome.ok && outcome.kind === 'stopped') return;
    if (!outcome.ok && outcome.kind === 'throttled') {
      throttles(timestampMs, 1);
      return;
    }
    invocations(timestampMs, 1);
    errors(timestampMs, outcome.ok ? 0 : 1);
    throttles(timestampMs, 0);
    duration(timestampMs, outcome.durationMs);
  };
}
