import { randomBytes } from 'node:crypto';
import { localAccountId, type Account } from '../aws/account.ts';
import { startAwsEndpoint } from '../aws/endpoint.ts';
import { openPersistentStores } from '../aws/messaging/persistentStores.ts';
import { QueueFaults, type QueueFaultRates } from '../aws/messaging/queueFaults.ts';
import type { AwsCredentials } from '../aws/sigv4.ts';
import { createAwsState, type AwsState } from '../aws/state.ts';
import { listen } from '../listen.ts';
import type { StageBoot } from './stageBoot.ts';

/** The account of the stage: still empty, and open to SDK clients. */
export interface OpenAws extends Account {
  /** The only key pair that its endpoint accepts, made for this start. */
  credentials: AwsCredentials;
  endpointUrl: string;
  state: AwsState;
}

/** @throws LocalStageError when the port is not to be had. */
export async function openAws(
  boot: StageBoot,
  { port = 0, queueFaults }: { port?: number | undefined; queueFaults?: QueueFaultRates | undefined },
): Promise<OpenAws> {
  const { fleet, clock, random, keep, directories, undo } = boot;
  const account = { region: fleet.region, accountId: localAccountId };
  const credentials = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const state = createAwsState({
    ...account,
    clock,
    ...(queueFaults && { queueFaults: new QueueFaults(queueFaults, { clock, random }) }),
    ...(keep && { persistent: await openPersistentStores(directories.keptMessages) }),
  });
  const endpoint = await listen('--port', () =>
    startAwsEndpoint({ ...account, host: '127.0.0.1', port, credentials, state, clock }),
  );
  undo.push(() => endpoint.close());
  return { ...account, credentials, endpointUrl: endpoint.url, state };
}
