import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { STSClient } from '@aws-sdk/client-sts';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import type { TestEndpoint } from './testEndpoint.ts';

type ProtocolOption = NonNullable<CloudWatchClientConfig['protocol']>;
type Options = Pick<CloudWatchClientConfig, 'protocol' | 'disableRequestCompression'>;

/** The SDK's query protocol, taken from a client that speaks nothing else. */
const queryProtocol = new STSClient({ region: 'us-east-1' }).config.protocol.constructor as ProtocolOption;

/** The protocols that clients of CloudWatch speak, by name. */
export const cloudWatchProtocols: readonly [string, Options][] = [
  ['AWS JSON', {}],
  [
    'RPC v2 CBOR',
    {
      protocol: SmithyRpcV2CborProtocol,
      // The SDK's class says how long the body is before it is compressed, so that no server could read its end.
      disableRequestCompression: true,
    },
  ],
  ['AWS query', { protocol: queryProtocol }],
];

export const cloudWatchClient = ({ clientConfig }: TestEndpoint, options: Options): CloudWatchClient =>
  new CloudWatchClient({ ...clientConfig, ...options });
