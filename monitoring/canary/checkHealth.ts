import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { userAgent } from '../../core/userAgent.ts';

/** What a system's healthcheck came to. */
export type Health = { healthy: true } | { healthy: false; reason: UnhealthyReason; detail: string };

/** A bounded set, so that looks can be grouped by it. */
export type UnhealthyReason =
  /** The system is configured, and says nowhere where it is, or not so that it can be read. */
  | 'unpublished'
  /** No connection, or one that broke. */
  | 'unreachable'
  /** No whole answer before the deadline. */
  | 'timeout'
  /** Another status than 200; a redirect is not followed. */
  | 'status'
  /** 200 with a body that no healthcheck has. */
  | 'body';

export interface Bounds {
  /** For the whole answer, from the first packet on. */
  deadlineMs: number;
  /** What is read of a body at most. */
  maximumBodyBytes: number;
}

/** What is a good answer beside its status: `{"status":"ok"}`, or any body. */
interface Expected {
  saysOk: boolean;
}

// Node's client sends none, and the web ACL blocks who has none.
const named = { 'user-agent': userAgent('canary') };

/**
 * One GET on a connection of its own: a kept one may have died while the function was frozen, and would make
 * a healthy system look dead. Never throws: whatever happens is the answer.
 */
export function checkHealth(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { deadlineMs, maximumBodyBytes, saysOk }: Bounds & Expected,
): Promise<Health> {
  const signal = AbortSignal.timeout(deadlineMs);
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<Health>((resolve) => {
    const request = start(url, { headers: { ...headers, ...named }, signal, agent: false });
    const end = (health: Health): void => {
      resolve(health);
      request.destroy();
    };
    const failed = (error: Error): void =>
      end(
        signal.aborted
          ? unhealthy('timeout', `no whole answer within ${deadlineMs} ms`)
          : unhealthy('unreachable', error.message),
      );
    // By the deadline there is an answer, whatever becomes of the request.
    signal.addEventListener('abort', () => failed(new Error('aborted')));
    request.on('error', failed);
    // Without a listener Node closes the connection and notifies nobody.
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      end(unhealthy('status', `status ${statusCode}`));
    });
    request.on('response', (response) => {
      response.on('error', failed);
      if (response.statusCode === 200) {
        void readBody(response, maximumBodyBytes, saysOk).then(end, failed);
        return;
      }
      end(unhealthy('status', `status ${response.statusCode}`));
    });
    request.end();
  });
}

async function readBody(
  response: IncomingMessage,
  maximumBytes: number,
  mustSayOk: boolean,
): Promise<Health> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > maximumBytes) return unhealthy('body', `more than ${maximumBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return !mustSayOk || isOk(Buffer.concat(chunks).toString())
    ? { healthy: true }
    : unhealthy('body', 'not {"status":"ok"}');
}

function isOk(text: string): boolean {
  try {
    return (JSON.parse(text) as { status?: unknown } | null)?.status === 'ok';
  } catch {
    return false;
  }
}

export const unhealthy = (reason: UnhealthyReason, detail: string): Health => ({
  healthy: false,
  reason,
  detail,
});
