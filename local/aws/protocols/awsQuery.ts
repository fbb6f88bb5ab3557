import { formAction, readForm } from './form.ts';
import type { Protocol } from './protocol.ts';
import { escapeXml, toXml } from './xml.ts';

const headers = { 'content-type': 'text/xml' };

/**
 * The older query protocol: a form in, XML with a `…Result` element out.
 * @param entryName element of a list's entries
 */
export const awsQuery = (namespace: string, entryName?: string): Protocol => ({
  actionOf: formAction,
  read: readForm,
  write: (action, output, requestId) => ({
    statusCode: 200,
    headers,
    body:
      `<${action}Response xmlns="${namespace}"><${action}Result>${toXml(output, entryName)}</${action}Result>` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  }),
  writeError: (error, requestId) => ({
    statusCode: error.statusCode,
    headers,
    body:
      `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  }),
  signatureErrors: {
    MissingAuthenticationToken: { code: 'MissingAuthenticationToken', statusCode: 403 },
    IncompleteSignature: { code: 'IncompleteSignature', statusCode: 400 },
    InvalidClientTokenId: { code: 'InvalidClientTokenId', statusCode: 403 },
    RequestExpired: { code: 'RequestExpired', statusCode: 400 },
    SignatureDoesNotMatch: { code: 'SignatureDoesNotMatch', statusCode: 403 },
  },
});
