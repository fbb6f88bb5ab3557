import { z } from 'zod';
import type { InvocationOutcome } from '../functions/runtime.ts';
import type { Method } from './definition.ts';
import type { Refusal } from './gatewayResponse.ts';

export type Invoke = (functionName: string, event: unknown) => Promise<InvocationOutcome>;

/** What the function says to the client. */
export interface ProxyAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
}

/** Runs the method's function and waits for it as long as API Gateway does. */
export async function integrate(
  method: Method,
  event: unknown,
  invoke: Invoke,
): Promise<ProxyAnswer | Refusal> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, method.timeoutMs, 'timeout');
  });
  try {
    return answerTo(await Promise.race([invoke(method.functionName, event), timeout]));
  } finally {
    clearTimeout(timer);
  }
}

/** What a function's outcome is to the client; AWS shows no reason, and 500 for a throttled function. */
function answerTo(outcome: InvocationOutcome | 'timeout'): ProxyAnswer | Refusal {
  if (outcome === 'timeout') return { type: 'INTEGRATION_TIMEOUT', message: 'Endpoint request timed out' };
  const failed = { type: 'DEFAULT_5XX', message: 'Internal server error' } as const;
  if (!outcome.ok) return { ...failed, status: outcome.kind === 'throttled' ? 500 : 502 };
  return proxyAnswer(outcome.payload) ?? failed;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const proxyResponseSchema = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
  body: z.string().nullish(),
});

/** Headers that belong to the connection, not to the function. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
]);

/**
 * What a function's result says to the client, or undefined when it is no proxy response (AWS: 502).
 * Binary bodies need the API's BinaryMediaTypes, which this front refuses; without them AWS passes a
 * base64 body on as the text it is, and so does this.
 */
function proxyAnswer(payload: unknown): ProxyAnswer | undefined {
  const parsed = proxyResponseSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body } = parsed.data;
  const merged: Record<string, string | string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of [
    ...Object.entries(headers ?? {}),
    ...Object.entries(multiValueHeaders ?? {}),
  ]) {
    const lowerCase = name.toLowerCase();
    if (!connectionHeaders.has(lowerCase)) merged[lowerCase] = value;
  }
  return { status: statusCode, headers: merged, body: body ?? '' };
}
