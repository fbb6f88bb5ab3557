import { verifySignature, type SignatureError, type SignedRequest } from '../aws/sigv4.ts';
import type { Method } from './definition.ts';
import type { GatewayResponseType, Refusal } from './gatewayResponse.ts';

export interface Caller {
  /** Undefined where the method lets everybody in. */
  accessKeyId: string | undefined;
}

const anybody: Caller = { accessKeyId: undefined };

/** Who calls a method, or why it may not: IAM's question, for the one key pair that the stage knows. */
export function callerOf(method: Method, request: SignedRequest, region: string): Caller | Refusal {
  if (method.authorization === 'NONE') return anybody;
  const verified = verifySignature(request);
  if (!verified.ok) return { type: refusalTypes[verified.error], message: verified.message };
  const { service, region: scopeRegion, accessKeyId } = verified.scope;
  if (service === 'execute-api' && scopeRegion === region) return { accessKeyId };
  return {
    type: 'INVALID_SIGNATURE',
    message: `Credential should be scoped to region '${region}' and service 'execute-api'.`,
  };
}

const refusalTypes: Record<SignatureError, GatewayResponseType> = {
  MissingAuthenticationToken: 'MISSING_AUTHENTICATION_TOKEN',
  IncompleteSignature: 'INVALID_SIGNATURE',
  InvalidClientTokenId: 'ACCESS_DENIED',
  RequestExpired: 'EXPIRED_TOKEN',
  SignatureDoesNotMatch: 'INVALID_SIGNATURE',
};
