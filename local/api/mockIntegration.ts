import type { Refusal } from './gatewayResponse.ts';
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
  body: string;
}

/** @param contentType of the request; undefined where it names none, which stands for JSON */
export function mockAnswer(
  { statusByContentType, responses }: MockIntegration,
  contentType: string | undefined,
): { status: number; headers: Record<string, string>; body: string } | Refusal {
  const mediaType = mediaTypeOf(contentType) ?? 'application/json';
  const got = String(statusByContentType[mediaType] ?? '');
  const chosen =
    responses.find(({ selection }) => selection?.test(got)) ??
    responses.find(({ selection }) => selection === undefined);
  // Without a template the body itself would have to say a status, which is what AWS calls an error too.
  if (got === '' || !chosen) return { type: 'DEFAULT_5XX', message: 'Internal server error', status: 500 };
  const { status, headers, body } = chosen;
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
