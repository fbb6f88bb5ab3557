import { ScriptError, UnsupportedError } from '../../errors.ts';
import { CookieJar } from '../cookieJar.ts';
import { durationMs } from '../duration.ts';
import type { HttpOptions } from '../httpOptions.ts';
import { asExpected, type ExpectedStatuses } from './expectedStatuses.ts';
import type { ResponseType } from './response.ts';

/** What a request says beside method, URL and body. */
export interface Params {
  headers: Record<string, string>;
  tags: Record<string, string>;
  timeoutMs: number;
  responseType: ResponseType;
  /** Null for no judgement. */
  expected: ExpectedStatuses | null;
  redirects: number;
  throws: boolean;
  /** Of this request alone; `replace` takes the place of the jar's. */
  cookies: { name: string; value: string; replace: boolean }[];
  /** Null for the user's own. */
  jar: CookieJar | null;
}

/** A script's jar, by which the engine's is found. */
export interface HoldsJar {
  readonly jar: CookieJar;
}

/**
 * @param api the function called, for what is wrong
 * @throws ScriptError UnsupportedError naming the parameter
 */
export function readParams(
  api: string,
  params: unknown,
  { maxRedirects, discardsBodies, throws }: HttpOptions,
  defaultExpected: ExpectedStatuses | null,
): Params {
  const read: Params = {
    headers: {},
    tags: {},
    timeoutMs: 60_000,
    responseType: discardsBodies ? 'none' : 'text',
    expected: defaultExpected,
    redirects: maxRedirects,
    throws,
    cookies: [],
    jar: null,
  };
  for (const [name, value] of Object.entries((params ?? {}) as Record<string, unknown>)) {
    if (value === undefined) continue;
    switch (name) {
      case 'headers':
        read.headers = textsOf(value);
        break;
      case 'tags':
        read.tags = textsOf(value);
        break;
      case 'timeout': {
        const timeoutMs = durationMs(value);
        if (timeoutMs === undefined)
          throw new ScriptError(api, `timeout ${shown(value)}: expected a duration such as "10s"`);
        read.timeoutMs = timeoutMs;
        break;
      }
      case 'responseType':
        if (value !== 'text' && value !== 'none' && value !== 'binary') {
          throw new ScriptError(api, `responseType ${shown(value)}: expected text, binary or none`);
        }
        read.responseType = value;
        break;
      case 'responseCallback':
        read.expected = asExpected(value);
        break;
      case 'redirects':
        if (!Number.isInteger(value) || Number(value) < 0)
          throw new ScriptError(api, `redirects ${shown(value)}: expected a whole number`);
        read.redirects = Number(value);
        break;
      case 'throw':
        read.throws = Boolean(value);
        break;
      case 'cookies':
        read.cookies = cookiesOf(value);
        break;
      case 'jar':
        read.jar = jarOf(api, value);
        break;
      case 'auth':
        // The default wherever a URL has a name and a password.
        if (value !== 'basic') throw new UnsupportedError(`http params.auth ${shown(value)}`, 'use basic');
        break;
      default:
        throw new UnsupportedError(`http params.${name}`, 'leave it out or run the script with k6');
    }
  }
  return read;
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

/** k6 takes any value for a header or a tag and sends its text. */
function textsOf(value: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, each] of Object.entries(value as Record<string, unknown>)) texts[name] = String(each);
  return texts;
}

function cookiesOf(value: unknown): Params['cookies'] {
  return Object.entries(value as Record<string, unknown>).map(([name, each]) => {
    if (typeof each !== 'object' || each === null) return { name, value: String(each), replace: false };
    const { value: text, replace } = each as { value?: unknown; replace?: unknown };
    return { name, value: String(text), replace: Boolean(replace) };
  });
}

function jarOf(api: string, value: unknown): CookieJar {
  const { jar } = value as Partial<HoldsJar>;
  if (jar instanceof CookieJar) return jar;
  throw new ScriptError(api, 'jar: expected an http.CookieJar');
}
