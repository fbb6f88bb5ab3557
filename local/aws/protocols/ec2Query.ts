import { formAction, readForm } from './form.ts';
import type { Protocol } from './protocol.ts';
import { escapeXml, toXml } from './xml.ts';

const headers = { 'content-type': 'text/xml;charset=UTF-8' };
const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** EC2's own: a form in, XML with lower-case members out. */
export const ec2Query: Protocol = {
  actionOf: formAction,
  read: readForm,
  write: (action, output, requestId) => ({
    statusCode: 200,
    headers,
    body: `<${action}Response xmlns="${namespace}"><requestId>${requestId}</requestId>${toXml(output)}</${action}Response>`,
  }),
  writeError: (error, requestId) => ({
    statusCode: error.statusCode,
    headers,
    body:
      `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>` +
      `</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  }),
  signatureErrors: {
    MissingAuthenticationToken: { code: 'MissingAuthenticationToken', statusCode: 403 },
    IncompleteSignature: { code: 'IncompleteSignature', statusCode: 400 },
    InvalidClientTokenId: { code: 'AuthFailure', statusCode: 401 },
    RequestExpired: { code: 'RequestExpired', statusCode: 400 },
    SignatureDoesNotMatch: { code: 'AuthFailure', statusCode: 401 },
  },
};
