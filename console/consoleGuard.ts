import type { IncomingMessage } from 'node:http';

/**
 * Why a request must not be served, or undefined. Pages of other sites that are open in the same browser can
 * reach loopback too: they may lead a reader here by a link, and nothing else.
 */
export function refusalOf({ method, headers }: IncomingMessage, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    return `Host "${headers.host ?? ''}": expected ${hosts.join(' or ')}`;
  }
  if (method !== 'GET' && method !== 'HEAD')
    return `method ${method ?? ''}: expected GET; nothing is changed here`;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return `Origin "${headers.origin}": pages of other origins are not served`;
  }
  const { 'sec-fetch-site': site = 'none', 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  const ownSite = site === 'same-origin' || site === 'none';
  const followedLink = mode === 'navigate' && destination === 'document';
  return ownSite || followedLink ? undefined : `requests of other sites' pages are not served`;
}

/** On every answer: nothing from elsewhere runs, loads or frames the page, and nothing leaves this machine. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
