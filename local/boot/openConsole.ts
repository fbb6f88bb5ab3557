import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { systemCapacityOf } from '../../fleet/fleet.ts';
import { publishedSystem } from '../../fleet/names.ts';
import type { AwsState } from '../aws/state.ts';
import type { ConsoleOpener } from '../observedStage.ts';
import type { StageBoot } from './stageBoot.ts';

/** Opens the console on the stage; returns its address. */
export async function openConsole(
  boot: StageBoot,
  { state, documents }: { state: AwsState; documents: readonly PublishedDocument[] },
  open: ConsoleOpener,
): Promise<string> {
  const { stage, fleet, config, stateDirectory, clock, startedMs, undo, onError } = boot;
  const page = await open(
    {
      info: { stage, region: fleet.region, startedMs, periodSeconds: config.periodSeconds },
      metrics: state.metrics,
      alarms: state.alarms,
      dashboards: state.dashboards,
      systems: documents.map((document) => ({
        ...publishedSystem(document, systemCapacityOf(config, document.system)),
        expectedRequestsPerSecond: document.expectedPeak.requestsPerSecond,
      })),
      stateDirectory,
      clock,
    },
    onError,
  );
  undo.push(() => page.close());
  return page.url;
}
