import type { Method, RestApi } from './definition.ts';
import type { ReceivedRequest } from './event.ts';
import { mediaTypeOf } from './mediaType.ts';

/**
 * What of a request's body its method's validator does not let in: the model of its content type decides, or that of
 * `$default`; a body of another type is nobody's to judge, as on AWS.
 */
export function bodyProblems(
  api: RestApi,
  { requestModels, validatorId }: Method,
  request: ReceivedRequest,
): readonly string[] {
  if (validatorId === undefined || !api.validators.get(validatorId)?.requestBody) return [];
  const mediaType = mediaTypeOf(request.contentType) ?? 'application/json';
  const modelName = requestModels[mediaType] ?? requestModels['$default'];
  const problemsOf = modelName === undefined ? undefined : api.models.get(modelName);
  if (!problemsOf) return [];
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    return ['expected JSON'];
  }
  return problemsOf(body);
}
