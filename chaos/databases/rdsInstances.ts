import {
  InvalidDBInstanceStateFault,
  paginateDescribeDBInstances,
  RebootDBInstanceCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { unknownStatus } from './managedDatabase.ts';

/** The status of every instance of the account, Aurora's too: one call for a hundred. */
export async function instanceStatuses(
  client: RDSClient,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { DBInstances = [] } of paginateDescribeDBInstances(
    { client },
    {},
    { abortSignal: callLimit(signal) },
  )) {
    for (const { DBInstanceIdentifier, DBInstanceStatus = unknownStatus } of DBInstances) {
      if (DBInstanceIdentifier !== undefined) found.set(DBInstanceIdentifier, DBInstanceStatus);
    }
  }
  return found;
}

/** Restarts an instance's engine; RDS is not asked to fail over. @throws FaultNotAppliedError where it may not now */
export async function rebootInstance(client: RDSClient, identifier: string): Promise<void> {
  try {
    await client.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier }), {
      abortSignal: callLimit(),
    });
  } catch (error) {
    if (!(error instanceof InvalidDBInstanceStateFault)) throw error;
    throw new FaultNotAppliedError(`instance ${identifier} was not available, and is not rebooted`, {
      cause: error,
    });
  }
}
