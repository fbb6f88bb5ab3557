import { callerHeaders, secretReader } from '../fleet/adoption/callerHeaders.ts';
import { drillNamed } from '../chaos/drills/index.ts';
import { dryRun, type DryRun } from '../chaos/dryRun.ts';
import type { DrillScope } from '../records/drillScope.ts';
import { stageOf } from '../fleet/fleet.ts';
import { reserveIds } from '../loadtests/messages/ids.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import { checkHealth } from '../monitoring/canary/checkHealth.ts';
import { createSigner } from '../monitoring/canary/signGet.ts';
import { limits } from '../monitoring/limits.ts';
import { onceEach } from './callerHeaders.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';

/** What a drill would do to a stage, and what would keep it from it; the stage stays as it is. */
export async function dryRunDrill(
  { clock, random, signal }: OperationContext,
  { stage, fleet, connection, systems }: Target<PublishedDocument>,
  name: string,
  scope: DrillScope,
): Promise<DryRun> {
  const { clients, place } = connection;
  const read = onceEach(secretReader(clients.secrets));
  const sign = createSigner(clients.sns.config.credentials, fleet.region);
  return dryRun({
    drill: drillNamed(name),
    stage,
    place,
    service: fleet.service,
    systems,
    scope,
    clients,
    periodSeconds: stageOf(fleet, stage).periodSeconds,
    clock,
    firstId: reserveIds(random),
    signal,
    checkHealth: async ({ api, adopted, healthcheckUrl, auth }: PublishedDocument) => {
      if (adopted && healthcheckUrl === undefined) return null;
      const url = new URL(healthcheckUrl ?? `${api.url}${fleet.service.health}`);
      const headers = (await callerHeaders(read, auth)) ?? (await sign(url, clock.now()));
      return checkHealth(url, headers, { ...limits.canary, saysOk: !adopted });
    },
  });
}
