import type { Refusal } from './gatewayResponse.ts';
import type { Values } from './mappingExpression.ts';
import { renderMapping, type MappingTemplate } from './mappingTemplate.ts';
import { mediaTypeOf } from './mediaType.ts';

/** An integration that no function stands behind: API Gateway answers by itself, as for CORS' preflights. */
export interface MockIntegration {
  /** Statuses that the request is said to have got, by content type of the request. */
  statusByContentType: Readonly<Record<string, number>>;
  responses: readonly MockResponse[];
}

export interface MockResponse {
  /** Of the statuses it is for; left out where it is for those that no other one is for. */
  selection: RegExp | undefined;
  status: number;
  headers: Readonly<Record<string, string>>;
  /** What its body is made of; it may have its say on status and headers too. */
  template: MappingTemplate;
}

/** The answer to a request; one that names no content type is JSON. */
export function mockAnswer(
  { statusByContentType, responses }: MockIntegration,
  request: Omit<Values, 'variables'> & { contentType: string | undefined },
): { status: number; headers: Record<string, string>; body: string } | Refusal {
  const mediaType = mediaTypeOf(request.contentType) ?? 'application/json';
  const got = String(statusByContentType[mediaType] ?? '');
  const chosen =
    responses.find(({ selection }) => selection?.test(got)) ??
    responses.find(({ selection }) => selection === undefined);
  // Without a template the body itself would have to say a status, which is what AWS calls an error too.
  if (got === '' || !chosen) return { type: 'DEFAULT_5XX', message: 'Internal server error', status: 500 };
  const { status, headers, template } = chosen;
  const mapped = renderMapping(template, { ...request, variables: new Map() });
  return {
    status: mapped.status ?? status,
    headers: { 'content-type': 'application/json', ...headers, ...mapped.headers },
    body: mapped.body,
  };
}
