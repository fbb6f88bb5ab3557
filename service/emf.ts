import { metricNamespace } from './metrics.ts';

/** A metric as metrics.ts lists it. */
interface Metric {
  name: string;
  unit: string;
}

/**
 * Writes lines of CloudWatch's Embedded Metric Format with one set of dimensions. By hand and not by a
 * library: invocations write them, and Powertools takes several times as long for it as the rest of
 * the handler takes (service/bench/getClient.ts). What does not change between lines is kept as text.
 */
export function createEmf(dimensions: Readonly<Record<string, string>>) {
  const kept = new Map<string, string>();

  function directive(metrics: readonly Metric[]): string {
    const key = metrics.map(({ name }) => name).join();
    let text = kept.get(key);
    if (text === undefined) {
      const whole = {
        CloudWatchMetrics: [
          {
            Namespace: metricNamespace,
            Dimensions: [Object.keys(dimensions)],
            Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
          },
        ],
      };
      text = `${JSON.stringify(whole).slice(1)},${JSON.stringify(dimensions).slice(1, -1)}`;
      kept.set(key, text);
    }
    return text;
  }

  /**
   * @param values of the metrics, in their order
   * @param properties go into the log beside the metrics, and into none of their dimensions
   */
  return (
    timestampMs: number,
    metrics: readonly Metric[],
    values: readonly number[],
    properties: Readonly<Record<string, number | readonly number[]>>,
  ): string => {
    let text = `{"_aws":{"Timestamp":${timestampMs},${directive(metrics)}`;
    for (const [index, { name }] of metrics.entries()) text += `,"${name}":${values[index]}`;
    for (const [name, value] of Object.entries(properties)) text += `,"${name}":${JSON.stringify(value)}`;
    return `${text}}`;
  };
}
