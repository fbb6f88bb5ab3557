import type { Method, RestApi } from './definition.ts';
import type { ReceivedRequest } from './event.ts';

/**
 * Required parameters that the request lacks or leaves blank, which to API Gateway is the same; none where no
 * validator asks for them.
 */
export function missingParameters(api: RestApi, method: Method, request: ReceivedRequest): string[] {
  const { required, validatorId } = method;
  if (validatorId === undefined || !api.validators.get(validatorId)?.requestParameters) return [];
  const { query, headers } = request;
  const missing = required.querystring.filter((name) => !query[name]?.some(isWritten));
  if (required.header.length === 0) return missing;
  const written = Object.entries(headers).filter(([, values]) => values.some(isWritten));
  const names = new Set(written.map(([name]) => name.toLowerCase()));
  return [...missing, ...required.header.filter((name) => !names.has(name.toLowerCase()))];
}

const isWritten = (value: string): boolean => value.trim() !== '';
