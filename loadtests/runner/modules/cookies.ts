import { ScriptError } from '../../errors.ts';
import { CookieJar, type CookieAttributes } from '../cookieJar.ts';
import { requireIteration, type VirtualUserState } from '../virtualUser.ts';
import type { HoldsJar } from './params.ts';

/** `http.CookieJar` as scripts see it. */
export class ScriptCookieJar implements HoldsJar {
  readonly #jar: CookieJar;

  constructor(jar: unknown) {
    this.#jar = jar instanceof CookieJar ? jar : new CookieJar();
  }

  get jar(): CookieJar {
    return this.#jar;
  }

  /** Values of the cookies that are sent to a URL, by their names. */
  cookiesForURL(url: string): Record<string, string[]> {
    const values: Record<string, string[]> = {};
    for (const { name, value } of this.#jar.for(parsed(url), Date.now())) (values[name] ??= []).push(value);
    return values;
  }

  set(url: string, name: string, value: unknown, attributes: CookieAttributes = {}): void {
    this.#jar.set(parsed(url), name, String(value), attributes, Date.now());
  }

  delete(url: string, name: string): void {
    this.#jar.delete(parsed(url), name, Date.now());
  }

  clear(url: string): void {
    this.#jar.clear(parsed(url), Date.now());
  }
}

/** The user's own. */
export function cookieJarOf(state: VirtualUserState): ScriptCookieJar {
  requireIteration(state, 'http.cookieJar');
  return new ScriptCookieJar(state.jar);
}

function parsed(url: string): URL {
  const found = URL.parse(url);
  if (found) return found;
  throw new ScriptError('http.CookieJar', `"${url}": expected an absolute URL`);
}
