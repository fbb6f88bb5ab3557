import { hostname } from 'node:os';
import { ownIdentity } from '../core/process/processes.ts';
import type { DrillOptions } from '../chaos/drillOptions.ts';
import { drillNamed } from '../chaos/drills/index.ts';
import type { DrillScope } from '../records/drillScope.ts';
import { runDrill } from '../chaos/runDrill.ts';
import { stageOf } from '../fleet/fleet.ts';
import { isProduction } from '../fleet/provingStage.ts';
import { reserveIds } from '../loadtests/messages/ids.ts';
import { runLoad, type LoadOptions } from '../loadtests/runner/load.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { DrillResult } from '../records/drill.ts';
import { callerHeadersOf } from './callerHeaders.ts';
import type { LiveContext } from './context.ts';
import type { Target } from './target.ts';
import { whileShown } from './whileShown.ts';

/** Where nobody looks on each line stays: a log of the night needs fewer. */
const liveMs = { terminal: 1_000, plain: 15_000 };

interface DrillChoices {
  scope: DrillScope;
  /** Whether it waits for alarms that fire. */
  wait: boolean;
  confirmProd?: string | undefined;
  /** The first id of its messages; of a block of its own where left out, whose clients then stay. */
  firstId?: number;
  /** What runs its load; the embedded engine where left out. */
  engine?: LoadOptions['engine'] | undefined;
}

/** Runs a drill; journal and result stand in `directory`. */
export async function drillStage(
  context: LiveContext,
  target: Target<PublishedDocument>,
  name: string,
  directory: string,
  { scope, wait, confirmProd, engine, firstId = reserveIds(context.random) }: DrillChoices,
): Promise<DrillResult> {
  const { clock, signal, output } = context;
  const { stage, fleet, configurationHash, connection, systems } = target;
  const options: DrillOptions = {
    drill: drillNamed(name),
    stage,
    place: connection.place,
    service: fleet.service,
    systems,
    scope,
    clients: connection.clients,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    load: {
      run: runLoad,
      ...(engine === undefined ? {} : { engine }),
      credentials: await connection.clients.sns.config.credentials(),
      callerHeaders: await callerHeadersOf(connection.clients.secrets, systems),
      configurationHash,
      commit: await context.currentCommit(),
    },
    directory,
    wait,
    owner: { process: await ownIdentity(), host: hostname() },
    clock,
    firstId,
    signal,
    onProgress: output.progress,
    live: { everyMs: output.interactive ? liveMs.terminal : liveMs.plain, say: output.passing },
    production: isProduction(fleet.stages, stage),
    ...(confirmProd === undefined ? {} : { confirmProd }),
  };
  const drill = { kind: 'drill', name, plannedSeconds: null } as const;
  return whileShown(context, target, directory, drill, () => runDrill(options));
}
