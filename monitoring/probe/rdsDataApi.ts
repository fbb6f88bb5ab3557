import { ExecuteStatementCommand, type Field, type RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Row, Value } from '../../service/redshift/dataApi.ts';

/** An Aurora cluster's database as the RDS Data API names it, and the secret of the user that asks. */
export interface AuroraDatabase {
  /** DBClusterIdentifier. */
  identifier: string;
  database: string;
  /** Of a JSON secret with `username` and `password`, in the account and region of the cluster. */
  secretArn: string;
}

/**
 * Runs one statement on the cluster's writer and returns its rows. The RDS Data API reaches Aurora alone, where it is
 * enabled (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html): a database of Amazon RDS has
 * none.
 */
export async function runOnAurora(
  client: RDSDataClient,
  { identifier, database, secretArn }: AuroraDatabase,
  sql: string,
  abortSignal: AbortSignal,
): Promise<Row[]> {
  const { records = [], columnMetadata = [] } = await client.send(
    new ExecuteStatementCommand({
      resourceArn: clusterArn(secretArn, identifier),
      secretArn,
      database,
      sql,
      includeResultMetadata: true,
    }),
    { abortSignal },
  );
  return records.map((record) =>
    Object.fromEntries(
      record.map((field, index) => [columnMetadata[index]?.name ?? String(index), valueOf(field)]),
    ),
  );
}

/** In whichever partition, region and account the secret is. */
const clusterArn = (secretArn: string, identifier: string): string => {
  const [arn, partition, , region, account] = secretArn.split(':');
  return [arn, partition, 'rds', region, account, 'cluster', identifier].join(':');
};

const valueOf = (field: Field): Value =>
  field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
