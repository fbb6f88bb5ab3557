import type { GatewayResponse } from './gatewayResponse.ts';
import type { MockIntegration } from './mockIntegration.ts';
import type { TokenBucket } from './tokenBucket.ts';

/** A REST API as the template describes it. Resources of the template fill it in, one by one. */
export interface RestApi {
  id: string;
  name: string;
  rootResourceId: string;
  resources: Map<string, { parentId: string; pathPart: string }>;
  methods: Method[];
  /** Media types of bodies that reach functions, and leave them, as base64: `image/png`, `image/*`, or any. */
  binaryMediaTypes: readonly string[];
  /** Models of request bodies by name. */
  models: Map<string, BodyModel>;
  validators: Map<string, { requestParameters: boolean; requestBody: boolean }>;
  gatewayResponses: Map<string, GatewayResponse>;
  stages: Map<string, ApiStage>;
}

/** Says what of a body, as it was parsed, does not fit; nothing where all does. */
export type BodyModel = (body: unknown) => readonly string[];

export interface Method {
  resourceId: string;
  /** Upper case, or `ANY`. */
  httpMethod: string;
  authorization: 'AWS_IAM' | 'NONE';
  /** Whether it asks for a key of a usage plan of its stage. */
  needsApiKey?: boolean;
  /** Query parameters and headers that must be there, when a validator asks for them; a path's always are. */
  required: { querystring: string[]; header: string[] };
  /** Names of the models of bodies by content type, or by `$default`, for a validator that asks for them. */
  requestModels: Readonly<Record<string, string>>;
  validatorId: string | undefined;
  integration: FunctionIntegration | MockIntegration;
}

/** A function that answers, by Lambda's proxy integration. */
export interface FunctionIntegration {
  functionName: string;
  /** How long API Gateway waits for the function; 29 s unless the template says less. */
  timeoutMs: number;
}

export interface ApiStage {
  name: string;
  variables: Readonly<Record<string, string>>;
  throttle: TokenBucket | undefined;
  /** Throttles of single methods, which stand in for the stage's: by the key of their settings (settingsKey.ts). */
  methodThrottles: ReadonlyMap<string, TokenBucket>;
  /** Ids of the API keys that its usage plans take, by the key. */
  apiKeys: Map<string, string>;
}

/** A key, whichever stages it opens. */
export interface ApiKey {
  name: string;
  value: string;
  isEnabled: boolean;
}

export const newRestApi = (id: string, name: string, binaryMediaTypes: readonly string[] = []): RestApi => ({
  id,
  name,
  rootResourceId: `${id}-root`,
  resources: new Map(),
  methods: [],
  binaryMediaTypes,
  models: new Map(),
  validators: new Map(),
  gatewayResponses: new Map(),
  stages: new Map(),
});

export const findMethod = (api: RestApi, resourceId: string, httpMethod: string): Method | undefined =>
  api.methods.find((method) => method.resourceId === resourceId && method.httpMethod === httpMethod) ??
  api.methods.find((method) => method.resourceId === resourceId && method.httpMethod === 'ANY');
