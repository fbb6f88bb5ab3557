import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/clock.ts';
import { runOfSchema } from '../../fleet/names.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { migratedSchemas } from '../../service/redshift/migrate.ts';
import type { RunSchema } from './leftovers.ts';

export interface Databases {
  dataApi: RedshiftDataClient;
  clock: Clock;
}

/** The schemas that runs of these stages have in a system's database: such as were migrated, and by their names. */
export async function listRunSchemas(
  databases: Databases,
  stages: readonly string[],
  { system, cluster }: SystemDocument,
): Promise<RunSchema[]> {
  const schemas = await migratedSchemas({ ...databases, cluster });
  return schemas.flatMap((schema) => {
    const stage = runOfSchema(stages, schema);
    return stage === undefined ? [] : [{ stage, schema, system }];
  });
}
