import { cbor } from '@smithy/core/cbor';
import { AwsError } from '../errors.ts';
import { jsonSignatureErrors, type HttpRequest, type Protocol } from './protocol.ts';

/** Smithy RPC v2 over CBOR, which the AWS CLI speaks to CloudWatch: the action in the path. */
export function rpcV2Cbor(serviceName: string): Protocol {
  const prefix = `/service/${serviceName}/operation/`;
  const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
  return {
    actionOf: ({ path, headers: { 'smithy-protocol': protocol } }) =>
      protocol === 'rpc-v2-cbor' && path.startsWith(prefix) ? path.slice(prefix.length) : undefined,
    read: readCbor,
    write: (_action, output) => ({ statusCode: 200, headers, body: cbor.serialize(withTags(output)) }),
    writeError: (error) => ({
      statusCode: error.statusCode,
      headers: { ...headers, 'x-amzn-query-error': `${error.queryCode};Sender` },
      body: cbor.serialize({ __type: error.code, message: error.message }),
    }),
    signatureErrors: jsonSignatureErrors,
  };
}

function readCbor({ body }: HttpRequest): unknown {
  if (body.length === 0) return {};
  let document: unknown;
  try {
    document = cbor.deserialize(body);
  } catch {
    throw new AwsError('SerializationException', 'expected a CBOR document as the body');
  }
  return withoutTags(document);
}

/** Tag 1 is a point in time in epoch seconds: the number that JSON would carry. */
function withoutTags(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTags);
  if (typeof value !== 'object' || value === null) return value;
  if ('tag' in value && 'value' in value && Object.keys(value).length === 2) return Number(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutTags(member)]));
}

/** Members without a value must not travel: CBOR has its own undefined, which clients refuse. */
function withTags(value: unknown): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withTags);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, withTags(member)]),
  );
}
