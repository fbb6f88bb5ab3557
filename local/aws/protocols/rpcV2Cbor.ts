import { AwsError } from '../errors.ts';
import { jsonSignatureErrors } from './awsJson.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { faultOf, type HttpRequest, type Protocol } from './protocol.ts';

const headers = { 'smithy-protocol': 'rpc-v2-cbor' };
const withBody = { ...headers, 'content-type': 'application/cbor' };

/** Whether a request is one of Smithy RPC v2; with a target of AWS JSON beside it, it is none that may be answered. */
export const speaksCbor = ({
  headers: { 'smithy-protocol': name, 'x-amz-target': target },
}: HttpRequest): boolean => name === 'rpc-v2-cbor' && target === undefined;

/**
 * Smithy RPC v2: the action in the path, `/service/{serviceName}/operation/{action}`, documents in CBOR. An answer
 * without members has no body: of the actions served here those have no output.
 */
export const rpcV2Cbor = (serviceName: string): Protocol => ({
  actionOf: (request) => {
    if (!speaksCbor(request) || request.method !== 'POST') return undefined;
    const [, service, action] = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path) ?? [];
    return service?.split('.').at(-1) === serviceName ? action : undefined;
  },
  read: ({ body }) => (body.length === 0 ? {} : decode(body)),
  write: (_action, output) =>
    Object.values(output).some((member) => member !== undefined)
      ? { statusCode: 200, headers: withBody, body: encodeCbor(output) }
      : { statusCode: 200, headers, body: '' },
  writeError: (error) => ({
    statusCode: error.statusCode,
    headers: { ...withBody, 'x-amzn-query-error': `${error.queryCode};${faultOf(error)}` },
    body: encodeCbor({ __type: error.code, message: error.message }),
  }),
  signatureErrors: jsonSignatureErrors,
});

function decode(body: Buffer): unknown {
  try {
    return decodeCbor(body);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new AwsError('SerializationException', `expected a CBOR document as the body: ${problem}`);
  }
}
