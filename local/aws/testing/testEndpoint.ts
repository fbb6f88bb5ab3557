import { systemClock, type Clock } from '../../../core/clock.ts';
import { localAccountId } from '../account.ts';
import { startAwsEndpoint, type AwsEndpoint } from '../endpoint.ts';
import type { MessagingOptions } from '../messaging/messaging.ts';
import type { AwsCredentials } from '../sigv4.ts';
import { createAwsState, type AwsState } from '../state.ts';

export interface TestEndpoint extends AwsEndpoint {
  state: AwsState;
  credentials: AwsCredentials;
  /** For any SDK client; errors come at once instead of after retries. */
  clientConfig: {
    endpoint: string;
    region: string;
    credentials: AwsCredentials;
    maxAttempts: number;
  };
}

/** An endpoint over an empty account, on a free port. */
export async function startTestEndpoint(
  clock: Clock = systemClock,
  {
    credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'test-secret' },
    ...messaging
  }: Pick<MessagingOptions, 'queueFaults' | 'persistent'> & { credentials?: AwsCredentials } = {},
): Promise<TestEndpoint> {
  const account = { region: 'us-east-1', accountId: localAccountId };
  const state = createAwsState({ ...account, ...messaging, clock });
  const endpoint = await startAwsEndpoint({
    host: '127.0.0.1',
    port: 0,
    ...account,
    credentials,
    state,
    clock,
  });
  return {
    ...endpoint,
    state,
    credentials,
    clientConfig: { endpoint: endpoint.url, region: account.region, credentials, maxAttempts: 1 },
  };
}
