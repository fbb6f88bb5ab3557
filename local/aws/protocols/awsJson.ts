import { AwsError } from '../errors.ts';
import type { HttpRequest, Protocol } from './protocol.ts';

/** AWS JSON 1.0 or 1.1: the action in X-Amz-Target, points in time as epoch seconds. */
export function awsJson(version: '1.0' | '1.1', targetPrefix: string): Protocol {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    actionOf: ({ headers: { 'x-amz-target': target } }) =>
      typeof target === 'string' && target.startsWith(`${targetPrefix}.`)
        ? target.slice(targetPrefix.length + 1)
        : undefined,
    read: readJson,
    write: (_action, output) => ({ statusCode: 200, headers, body: JSON.stringify(output, epochSeconds) }),
    writeError: (error) => ({
      statusCode: error.statusCode,
      headers: { ...headers, 'x-amzn-query-error': `${error.queryCode};Sender` },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    }),
    signatureErrors: {
      MissingAuthenticationToken: { code: 'MissingAuthenticationTokenException', statusCode: 400 },
      IncompleteSignature: { code: 'IncompleteSignatureException', statusCode: 400 },
      InvalidClientTokenId: { code: 'UnrecognizedClientException', statusCode: 400 },
      RequestExpired: { code: 'InvalidSignatureException', statusCode: 400 },
      SignatureDoesNotMatch: { code: 'InvalidSignatureException', statusCode: 400 },
    },
  };
}

function readJson({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'expected a JSON document as the body');
  }
}

/** `this` holds the value before Date's own toJSON made a string of it. */
function epochSeconds(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
