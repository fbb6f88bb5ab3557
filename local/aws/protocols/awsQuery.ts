import { formAction, readForm } from './form.ts';
import { faultOf, type Protocol } from './protocol.ts';
import { escapeXml, toXml } from './xml.ts';

const headers = { 'content-type': 'text/xml' };

/**
 * The older query protocol: a form in, XML with a `…Result` element out.
 * @param entryNames elements of lists' entries, by the list; of others they are a `<member>`
 */
export const awsQuery = (namespace: string, entryNames: Readonly<Record<string, string>> = {}): Protocol => ({
  actionOf: formAction,
  read: readForm,
  write: (action, output, requestId) => {
    const members = toXml(output, (list) => entryNames[list] ?? 'member');
    // An action without output has no result.
    const result = members === '' ? '' : `<${action}Result>${members}</${action}Result>`;
    return {
      statusCode: 200,
      headers,
      body:
        `<${action}Response xmlns="${namespace}">${result}` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
    };
  },
  writeError: (error, requestId) => ({
    statusCode: error.statusCode,
    headers,
    body:
      `<ErrorResponse xmlns="${namespace}"><Error><Type>${faultOf(error)}</Type><Code>${escapeXml(error.queryCode)}</Code>` +
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
