/** A cookie as k6's `response.cookies` shows it. */
export interface Cookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  http_only: boolean;
  secure: boolean;
  max_age: number;
  /** Milliseconds since the epoch; 0 for none. */
  expires: number;
}

interface Kept extends Cookie {
  /** Sent to this host alone, and not to those below it. */
  hostOnly: boolean;
  endsMs: number;
}

/** What a script may say of a cookie that it sets. */
export type CookieAttributes = Partial<
  Pick<Cookie, 'domain' | 'path' | 'secure' | 'http_only' | 'max_age'> & { expires: string }
>;

/** The cookies of a virtual user, after RFC 6265: which are sent where, and for how long. */
export class CookieJar {
  readonly #kept = new Map<string, Kept>();

  /** Takes what an answer sets; of other domains than its own nothing. @returns what it set, as k6 shows it */
  take(url: URL, setCookie: string, nowMs: number): Cookie | null {
    const [pair = '', ...attributes] = setCookie.split(';');
    const equals = pair.indexOf('=');
    if (equals <= 0) return null;
    const of: Record<string, string> = {};
    for (const attribute of attributes) {
      const [name = '', ...value] = attribute.split('=');
      of[name.trim().toLowerCase()] = value.join('=').trim();
    }
    const maxAge = of['max-age'];
    const cookie: Cookie = {
      name: pair.slice(0, equals).trim(),
      value: unquoted(pair.slice(equals + 1).trim()),
      domain: (of['domain'] ?? '').replace(/^\./, '').toLowerCase(),
      path: of['path'] ?? '',
      http_only: 'httponly' in of,
      secure: 'secure' in of,
      max_age: maxAge === undefined ? 0 : Number(maxAge),
      expires: of['expires'] === undefined ? 0 : Date.parse(of['expires']) || 0,
    };
    const ended = maxAge !== undefined && Number(maxAge) <= 0;
    this.#keep(url, cookie, ended ? 0 : endOf(cookie, nowMs));
    return cookie;
  }

  /** What the script itself sets for a URL. */
  set(url: URL, name: string, value: string, attributes: CookieAttributes, nowMs: number): void {
    const cookie: Cookie = {
      name,
      value,
      domain: attributes.domain ?? '',
      path: attributes.path ?? '',
      http_only: attributes.http_only ?? false,
      secure: attributes.secure ?? false,
      max_age: attributes.max_age ?? 0,
      expires: attributes.expires === undefined ? 0 : Date.parse(attributes.expires) || 0,
    };
    this.#keep(url, cookie, endOf(cookie, nowMs));
  }

  /** Those that are sent with a request of a URL, longer paths first. */
  for(url: URL, nowMs: number): { name: string; value: string }[] {
    if (this.#kept.size === 0) return [];
    return [...this.#kept.values()]
      .filter(
        (kept) =>
          kept.endsMs > nowMs &&
          (kept.hostOnly ? kept.domain === url.hostname : isOfDomain(url.hostname, kept.domain)) &&
          isBelow(url.pathname, kept.path) &&
          (!kept.secure || url.protocol === 'https:'),
      )
      .toSorted((a, b) => b.path.length - a.path.length);
  }

  delete(url: URL, name: string, nowMs: number): void {
    this.#drop(this.for(url, nowMs).filter((each) => each.name === name));
  }

  clear(url: URL, nowMs: number): void {
    this.#drop(this.for(url, nowMs));
  }

  clearAll(): void {
    this.#kept.clear();
  }

  #drop(found: ReturnType<CookieJar['for']>): void {
    const gone = new Set(found);
    for (const [key, kept] of this.#kept) if (gone.has(kept)) this.#kept.delete(key);
  }

  #keep(url: URL, cookie: Cookie, endsMs: number): void {
    const { hostname, pathname } = url;
    if (cookie.domain !== '' && !isOfDomain(hostname, cookie.domain)) return;
    const kept: Kept = {
      ...cookie,
      domain: cookie.domain || hostname,
      path: cookie.path.startsWith('/')
        ? cookie.path
        : pathname.slice(0, Math.max(1, pathname.lastIndexOf('/'))),
      hostOnly: cookie.domain === '',
      endsMs,
    };
    this.#kept.set(`${kept.domain};${kept.path};${kept.name}`, kept);
  }
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

const endOf = ({ max_age: maxAge, expires }: Cookie, nowMs: number): number =>
  maxAge > 0 ? nowMs + maxAge * 1_000 : expires > 0 ? expires : Number.POSITIVE_INFINITY;

const isOfDomain = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

const isBelow = (path: string, of: string): boolean =>
  path === of || (path.startsWith(of) && (of.endsWith('/') || path[of.length] === '/'));
