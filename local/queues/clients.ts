import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsCredentials } from '../aws/sigv4.ts';

/** The stage's own clients of its messaging services; `destroy()` them when the stage stops. */
export function messagingClients(options: {
  region: string;
  credentials: AwsCredentials;
  endpointUrl: string;
}): { sns: SNSClient; sqs: SQSClient } {
  const { endpointUrl: endpoint, ...rest } = options;
  // Each queue holds a connection while it long polls; deletes need theirs beside them.
  const requestHandler = { httpAgent: { keepAlive: true, maxSockets: 1_024 } };
  return {
    sns: new SNSClient({ ...rest, endpoint, requestHandler }),
    sqs: new SQSClient({ ...rest, endpoint, requestHandler }),
  };
}
