import { AwsError } from '../errors.ts';
import { faultOf, type HttpRequest, type Protocol } from './protocol.ts';

/** As services of JSON and CBOR name them. */
export const jsonSignatureErrors: Protocol['signatureErrors'] = {
  MissingAuthenticationToken: { code: 'MissingAuthenticationTokenException', statusCode: 400 },
  IncompleteSignature: { code: 'IncompleteSignatureException', statusCode: 400 },
  InvalidClientTokenId: { code: 'UnrecognizedClientException', statusCode: 400 },
  RequestExpired: { code: 'InvalidSignatureException', statusCode: 400 },
  SignatureDoesNotMatch: { code: 'InvalidSignatureException', statusCode: 400 },
};

/**
 * AWS JSON 1.0 or 1.1: the action in X-Amz-Target, points in time as epoch seconds.
 * @param queryCompatible whether clients know the service's errors by their codes of the older query protocol
 */
export function awsJson(
  version: '1.0' | '1.1',
  targetPrefix: string,
  { queryCompatible = false }: { queryCompatible?: boolean } = {},
): Protocol {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    actionOf: ({ headers: { 'x-amz-target': target, 'smithy-protocol': another } }) =>
      typeof target === 'string' && target.startsWith(`${targetPrefix}.`) && another === undefined
        ? target.slice(targetPrefix.length + 1)
        : undefined,
    read: readJson,
    write: (_action, output) => ({ statusCode: 200, headers, body: JSON.stringify(output, plainValue) }),
    writeError: (error) => ({
      statusCode: error.statusCode,
      headers: {
        ...headers,
        ...(queryCompatible && { 'x-amzn-query-error': `${error.queryCode};${faultOf(error)}` }),
      },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    }),
    signatureErrors: jsonSignatureErrors,
  };
}

function readJson({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'expected a JSON document as the body');
  }
}

/** `this` holds the value before Date's own toJSON made a string of it; JSON itself knows no Map. */
function plainValue(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Date) return original.getTime() / 1000;
  return original instanceof Map ? Object.fromEntries(original) : value;
}
