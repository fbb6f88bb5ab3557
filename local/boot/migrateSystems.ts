import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describeError } from '../../core/describeError.ts';
import { settleAtMost } from '../../core/settleAtMost.ts';
import { ownDocuments, readDocuments } from '../../fleet/discovery.ts';
import { schemaOf } from '../../fleet/service.ts';
import { paced } from '../../fleet/pacedClient.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import { migrate } from '../../service/redshift/migrate.ts';
import type { OpenAws } from './openAws.ts';
import type { StageBoot } from './stageBoot.ts';

/** Systems migrated at the same time. */
const atOnce = 4;

/**
 * Finds the stage's systems and migrates each that is built here, as `headroom migrate` does on any other stage. Each that
 * fails is told.
 * @throws what `migrate` does, of the first of them
 */
export async function migrateSystems(
  boot: StageBoot,
  { region, endpointUrl: endpoint, credentials }: OpenAws,
): Promise<PublishedDocument[]> {
  const { stage, fleet, clock } = boot;
  const schema = schemaOf(fleet.service);
  const config = { region, endpoint, credentials };
  // Nobody else asks yet.
  const pacing = { share: limits.utilizationPercent / 100, clock };
  const ssm = new SSMClient(config);
  const dataApi = paced(new RedshiftDataClient(config), pacing);
  const secrets = new SecretsManagerClient(config);
  try {
    const { systems: published, unreadable } = await readDocuments(ssm, stage);
    for (const error of unreadable) throw error;
    // An adopted system's tables are not ours to make.
    const systems = ownDocuments(published);
    const settled = await settleAtMost(systems, atOnce, ({ cluster }) =>
      migrate({ ...schema, dataApi, secrets, cluster, clock }),
    );
    const failed = settled.filter((one) => one.state === 'failed');
    for (const { item, error } of failed)
      boot.reached(`${item.system} not migrated: ${describeError(error)}`);
    if (failed[0]) throw failed[0].error;
    boot.reached(`${systems.length} databases migrated`);
    return published;
  } finally {
    for (const client of [ssm, dataApi, secrets]) client.destroy();
  }
}
