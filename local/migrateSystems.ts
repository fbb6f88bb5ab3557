import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { discoverSystems } from '../fleet/discovery.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import { migrate } from '../service/redshift/migrate.ts';
import type { StageFile } from './stageFile.ts';

/** Systems migrated at the same time. */
const atOnce = 4;

/** Finds the stage's systems and migrates each, as `headroom migrate` does on any other stage. */
export async function migrateSystems({
  access,
  stage,
  clock,
}: {
  access: Pick<StageFile, 'region' | 'endpointUrl' | 'credentials'>;
  stage: string;
  clock: Clock;
}): Promise<SystemDocument[]> {
  const { region, endpointUrl: endpoint, credentials } = access;
  const ssm = new SSMClient({ region, endpoint, credentials });
  const dataApi = new RedshiftDataClient({ region, endpoint, credentials });
  const secrets = new SecretsManagerClient({ region, endpoint, credentials });
  try {
    const systems = await discoverSystems(ssm, stage);
    const waiting = systems.values();
    const work = async () => {
      for (const { cluster } of waiting) await migrate({ dataApi, secrets, cluster, clock });
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return systems;
  } finally {
    for (const client of [ssm, dataApi, secrets]) client.destroy();
  }
}
