import { z } from 'zod';
import type { InvocationOutcome } from '../functions/runtime.ts';
import type { FunctionIntegration } from './definition.ts';
import type { Refusal } from './gatewayResponse.ts';

export type Invoke = (functionName: string, event: unknown) => Promise<InvocationOutcome>;

/** What the function says to the client. */
export interface ProxyAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  /** Bytes where the client wanted a binary answer and the function gave one. */
  body: string | Buffer;
}

/**
 * Runs the method's function and waits for it as long as API Gateway does.
 * @param binary whether the client wants what the function gives as base64 decoded
 */
export async function integrate(
  { functionName, timeoutMs }: FunctionIntegration,
  { event, binary }: { event: unknown; binary: boolean },
  invoke: Invoke,
): Promise<ProxyAnswer | Refusal> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timeout');
  });
  try {
    return answerTo(await Promise.race([invoke(functionName, event), timeout]), binary);
  } finally {
    clearTimeout(timer);
  }
}

/** What a function's outcome is to the client; AWS shows no reason, and 500 for a throttled function. */
function answerTo(outcome: InvocationOutcome | 'timeout', binary: boolean): ProxyAnswer | Refusal {
  if (outcome === 'timeout') return { type: 'INTEGRATION_TIMEOUT', message: 'Endpoint request timed out' };
  const failed = { type: 'DEFAULT_5XX', message: 'Internal server error' } as const;
  if (!outcome.ok) return { ...failed, status: outcome.kind === 'throttled' ? 500 : 502 };
  return proxyAnswer(outcome.payload, binary) ?? failed;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const proxyResponseSchema = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
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
 * What a function's result says to the client, or undefined when it is no proxy response (AWS: 502). A base64 body is
 * decoded for a client that wants a binary answer; as on AWS, others get the text that it is.
 */
function proxyAnswer(payload: unknown, binary: boolean): ProxyAnswer | undefined {
  const parsed = proxyResponseSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, isBase64Encoded } = parsed.data;
  const body = parsed.data.body ?? '';
  return {
    status: statusCode,
    headers: { 'content-type': 'application/json', ...mergedHeaders(headers, multiValueHeaders) },
    body: binary && isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

/** One list of a name's values from both members; a value that both have is there once. */
function mergedHeaders(
  headers: Readonly<Record<string, string>> | null | undefined,
  multiValueHeaders: Readonly<Record<string, readonly string[]>> | null | undefined,
): Record<string, string | string[]> {
  const merged: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lowerCase = name.toLowerCase();
    if (!connectionHeaders.has(lowerCase)) merged[lowerCase] = value;
  }
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    const lowerCase = name.toLowerCase();
    if (!connectionHeaders.has(lowerCase)) {
      merged[lowerCase] = [...new Set([merged[lowerCase] ?? [], values].flat())];
    }
  }
  return merged;
}
