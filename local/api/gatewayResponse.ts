/** What API Gateway answers itself, without the function; status and AWS's own error type. */
export const gatewayResponseTypes = {
  ACCESS_DENIED: { status: 403, errorType: 'AccessDeniedException' },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: 'BadRequestException' },
  /** A function that failed has no type of its own: 502, or 500 when it was throttled. */
  DEFAULT_5XX: { status: 502, errorType: 'InternalServerErrorException' },
  EXPIRED_TOKEN: { status: 403, errorType: 'ExpiredTokenException' },
  INTEGRATION_TIMEOUT: { status: 504, errorType: 'InternalServerErrorException' },
  /** Also for a key that is missing. */
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException' },
  INVALID_SIGNATURE: { status: 403, errorType: 'InvalidSignatureException' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, errorType: 'MissingAuthenticationTokenException' },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'RequestTooLargeException' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException' },
} as const;

export type GatewayResponseType = keyof typeof gatewayResponseTypes;

/** An answer of API Gateway's own, before the template has its say. */
export interface Refusal {
  type: GatewayResponseType;
  message: string;
  /** What of a body does not fit its model. */
  validationError?: string;
  /** Left out: the type's. */
  status?: number;
}

/** A template's own answer for one type, or for `DEFAULT_4XX` and `DEFAULT_5XX`. */
export interface GatewayResponse {
  status: number | undefined;
  headers: Readonly<Record<string, string>>;
  /** By content type; empty: AWS's default body. */
  templates: Readonly<Record<string, string>>;
}

export interface GatewayAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The variables of `$context` that these answers may use, as a test of what a template asks for. */
const variables = [
  '$context.error.message',
  '$context.error.messageString',
  '$context.error.responseType',
  '$context.error.validationErrorString',
  '$context.requestId',
] as const;

const variablePattern = /\$[A-Za-z][\w.]*/g;

/** Variables of a response template that this front cannot fill in. */
export const unknownVariables = (template: string): string[] =>
  (template.match(variablePattern) ?? []).filter((name) => !(variables as readonly string[]).includes(name));

/**
 * The answer of API Gateway's own: the template's response for this type, else its DEFAULT_4XX or
 * DEFAULT_5XX, else AWS's `{"message": …}`.
 */
export function renderGatewayResponse(
  configured: ReadonlyMap<string, GatewayResponse>,
  { type, message, ...refusal }: Refusal,
  requestId: string,
): GatewayAnswer {
  const { errorType, ...known } = gatewayResponseTypes[type];
  const status = refusal.status ?? known.status;
  const response = configured.get(type) ?? configured.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const [contentType, template] = Object.entries(response?.templates ?? {})[0] ?? [
    'application/json',
    '{"message":$context.error.messageString}',
  ];
  const values: Record<string, string> = {
    '$context.error.message': message,
    '$context.error.messageString': JSON.stringify(message),
    '$context.error.responseType': type,
    '$context.error.validationErrorString': refusal.validationError ?? '',
    '$context.requestId': requestId,
  };
  return {
    status: response?.status ?? status,
    headers: { 'content-type': contentType, 'x-amzn-errortype': errorType, ...response?.headers },
    body: template.replaceAll(variablePattern, (name) => values[name] ?? name),
  };
}
