import { stageOf, systemCapacityOf, systemsOf } from '../fleet/fleet.ts';
import { monitoredSystems } from '../fleet/monitoredFleet.ts';
import { publishedSystem } from '../fleet/names.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { MetricsOptions } from '../loadtests/gate/completeMetrics.ts';
import type { JudgedSystem } from '../loadtests/gate/judge.ts';
import { limits } from '../monitoring/limits.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';

/** What gate and breakpoint read a run's metrics with. */
export const stageMetrics = (
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
): MetricsOptions => ({
  run,
  ...metricsSource(context, target),
});

/** The stage's metrics, and what is asked of them. */
export function metricsSource(
  { clock, signal, output }: OperationContext,
  target: Target<PublishedDocument>,
): Omit<MetricsOptions, 'run'> {
  const { stage, fleet, connection } = target;
  return {
    systems: judgedSystems(target),
    cloudWatch: connection.clients.cloudWatch,
    place: connection.place,
    clock,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    metricDelaySeconds: limits.metricDelaySeconds[connection.place],
    onProgress: output.progress,
    signal,
  };
}

/**
 * Every configured system and every deployed one: what is missing from the stage is judged too, without
 * data, and so never passes.
 */
function judgedSystems({ stage, fleet, systems }: Target<PublishedDocument>): JudgedSystem[] {
  const config = stageOf(fleet, stage);
  const configured = systemsOf(fleet, stage);
  const known = new Map([
    ...monitoredSystems(fleet, stage).map((system) => [system.system, system] as const),
    // What is deployed bears the names that it says; what is not has none but those that it would have.
    ...systems.map(
      (document) =>
        [document.system, publishedSystem(document, systemCapacityOf(config, document.system))] as const,
    ),
  ]);
  return [...known.keys()].sort().map((name) => {
    const { expectedPeak } =
      configured.find((system) => system.name === name) ?? systems.find(({ system }) => system === name)!;
    return {
      ...known.get(name)!,
      expectedRequestsPerSecond: expectedPeak.requestsPerSecond,
      expectedMessagesPerSecond: expectedPeak.messagesPerSecond,
    };
  });
}
