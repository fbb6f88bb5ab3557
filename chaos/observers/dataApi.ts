import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import type { Clock } from '../../core/clock.ts';
import type { DataApi } from '../../service/redshift/dataApi.ts';

/** The way to a system's database that no security group closes, as its administrator. */
export const adminDataApi = (
  { cluster }: Pick<PublishedDocument, 'cluster'>,
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
