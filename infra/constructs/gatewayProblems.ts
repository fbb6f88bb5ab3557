import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ServiceDefinition } from '../../fleet/service.ts';

interface GatewayProblem {
  errorCode: string;
  title: string;
  /** Left out for the defaults, whose status differs from case to case. */
  status?: number;
  /** Left out: API Gateway's own message, which tells the caller what to mend. */
  detail?: string;
  retryAfterSeconds?: number;
}

const forbidden: GatewayProblem = { errorCode: 'forbidden', title: 'Forbidden', status: 403 };
const internal: GatewayProblem = {
  errorCode: 'internal',
  title: 'Internal error',
  detail: 'The service could not answer this request; its request id says which one it was.',
};

/** What API Gateway answers by itself, by its response type. */
const problems: [ResponseType, GatewayProblem][] = [
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, forbidden],
  [ResponseType.INVALID_SIGNATURE, forbidden],
  [ResponseType.EXPIRED_TOKEN, forbidden],
  [ResponseType.ACCESS_DENIED, forbidden],
  [ResponseType.INVALID_API_KEY, forbidden],
  [
    // By AWS's managed rules; the rate rule has an answer of its own.
    ResponseType.WAF_FILTERED,
    {
      errorCode: 'blocked',
      title: 'Blocked',
      status: 403,
      detail: 'The web ACL blocks requests of this kind.',
    },
  ],
  [
    ResponseType.THROTTLED,
    { errorCode: 'tooManyRequests', title: 'Too many requests', status: 429, retryAfterSeconds: 1 },
  ],
  [ResponseType.INTEGRATION_TIMEOUT, { ...internal, errorCode: 'timeout', title: 'Timeout', status: 504 }],
  [ResponseType.INTEGRATION_FAILURE, { ...internal, status: 504 }],
  [ResponseType.DEFAULT_4XX, { errorCode: 'requestInvalid', title: 'Invalid request' }],
  [ResponseType.DEFAULT_5XX, internal],
];

/** What does not fit its route: errors of the service's own, which say it as the service does. */
function ofTheService({ parameterMissing, bodyInvalid, errors }: ServiceDefinition): typeof problems {
  const own = [
    [ResponseType.BAD_REQUEST_PARAMETERS, parameterMissing],
    [ResponseType.BAD_REQUEST_BODY, bodyInvalid],
  ] as const;
  return own.flatMap(([type, errorCode]): typeof problems => {
    const error = errorCode === undefined ? undefined : errors[errorCode];
    return errorCode === undefined || !error
      ? []
      : [[type, { errorCode, title: error.title, status: error.status }]];
  });
}

/** RFC 9457 problems instead of API Gateway's own answers. */
export function addGatewayProblems(api: RestApi, service: ServiceDefinition): void {
  const all = [...ofTheService(service), ...problems];
  for (const [type, { errorCode, title, status, detail, retryAfterSeconds }] of all) {
    const members = [
      `"type":"urn:headroom:problem:${errorCode}"`,
      `"title":"${title}"`,
      ...(status === undefined ? [] : [`"status":${status}`]),
      // messageString comes quoted.
      `"detail":${detail === undefined ? '$context.error.messageString' : `"${detail}"`}`,
      '"requestId":"$context.requestId"',
    ];
    api.addGatewayResponse(`Problem-${type.responseType}`, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        ...(retryAfterSeconds !== undefined && { 'Retry-After': `'${retryAfterSeconds}'` }),
      },
      templates: { 'application/json': `{${members.join(',')}}` },
    });
  }
}
