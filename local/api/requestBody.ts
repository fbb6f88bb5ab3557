import type { Method, RestApi } from './definition.ts';
import type { ReceivedRequest } from './event.ts';

/**
 * Whether a request's body is one that its method's validator lets in: the model of its content type decides, or that
 * of `$default`; a body of another type is nobody's to judge, as on AWS.
 */
export function fitsModel(
  api: RestApi,
  { requestModels, validatorId }: Method,
  request: ReceivedRequest,
): boolean {
  if (validatorId === undefined || !api.validators.get(validatorId)?.requestBody) return true;
  const mediaType = request.contentType?.split(';')[0]?.trim().toLowerCase() || 'application/json';
  const modelName = requestModels[mediaType] ?? requestModels['$default'];
  const fits = modelName === undefined ? undefined : api.models.get(modelName);
  if (!fits) return true;
  try {
    return fits(JSON.parse(request.body.toString('utf8')));
  } catch {
    return false;
  }
}
