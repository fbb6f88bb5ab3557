import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { DocumentWith } from '../../fleet/systemDocument.ts';
import type { sessionParts } from '../lacking.ts';
import type { Clock } from '../../core/clock.ts';
import type { DataApi } from '../../service/redshift/dataApi.ts';

/** The way to a system's database that no security group closes, as its administrator. */
export const adminDataApi = (
  { cluster }: Pick<DocumentWith<(typeof sessionParts)[number]>, 'cluster'>,
  client: RedshiftDataClient,
  clock: Clock,
): DataApi => ({
  client,
  cluster: {
    identifier: cluster.identifier,
    database: cluster.database,
    secretArn: cluster.adminSecretArn,
  },
  clock,
});
