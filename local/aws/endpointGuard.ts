import type { IncomingMessage } from 'node:http';

/** Addresses that only programs of this machine reach. */
export const isLoopback = (host: string): boolean =>
  host === '127.0.0.1' || host === '::1' || host === 'localhost';

/**
 * Why a request must not be served, or undefined. A web page that is open in a browser of this machine can
 * send requests to loopback too: it names its origin, or a host that was made to resolve to loopback.
 */
export function refusalOf({ method, headers }: IncomingMessage, port: number): string | undefined {
  if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`) {
    return `Host "${headers.host ?? ''}": expected 127.0.0.1:${port} or localhost:${port}`;
  }
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    return 'requests of web pages are not served';
  }
  // Only the REST services have others, and a link that somebody follows is never signed.
  if (method !== 'POST' && headers.authorization === undefined) {
    return `method ${method ?? ''}: expected POST, or a signed request`;
  }
  return undefined;
}
