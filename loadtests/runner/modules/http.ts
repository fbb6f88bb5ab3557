import type { Exchange, ExchangeRequest } from '../transport.ts';
import { requireBlocking, requireIteration, type VirtualUserState } from '../virtualUser.ts';
import { batch } from './batch.ts';
import { cookieJarOf, ScriptCookieJar } from './cookies.ts';
import { asExpected, ExpectedStatuses } from './expectedStatuses.ts';
import { readParams } from './params.ts';
import { k6Module } from './refuse.ts';
import { exchanges, type Call, type NamedUrl } from './request.ts';
import { FileData } from './requestBody.ts';
import type { K6Response } from './response.ts';

type Steps = Generator<ExchangeRequest, K6Response, Exchange>;

/** The module `k6/http`: requests that wait, `asyncRequest`, and what goes with them. */
export function http(state: VirtualUserState): Record<string, unknown> {
  let defaultExpected: ExpectedStatuses | null = new ExpectedStatuses([{ min: 200, max: 399 }]);
  const callOf = (api: string, method: unknown, url: unknown, body: unknown, params: unknown): Call => {
    requireIteration(state, api);
    return {
      api,
      method: String(method),
      url,
      body,
      params: readParams(api, params, state.http, defaultExpected),
    };
  };
  const wait = (name: string, method: unknown, url: unknown, body: unknown, params: unknown): K6Response => {
    const call = callOf(`http.${name}`, method, url, body, params);
    return whileBlocked(state, call.api, exchanges(state, call));
  };
  const withBody =
    (name: string, method: string) =>
    (url: unknown, body?: unknown, params?: unknown): K6Response =>
      wait(name, method, url, body, params);
  return k6Module(
    'k6/http',
    {
      get: (url: unknown, params?: unknown) => wait('get', 'GET', url, null, params),
      head: (url: unknown, params?: unknown) => wait('head', 'HEAD', url, null, params),
      post: withBody('post', 'POST'),
      put: withBody('put', 'PUT'),
      patch: withBody('patch', 'PATCH'),
      del: withBody('del', 'DELETE'),
      options: withBody('options', 'OPTIONS'),
      request: (method: unknown, url: unknown, body?: unknown, params?: unknown) =>
        wait('request', method, url, body, params),
      batch: (requests: unknown) => batch(state, requests, callOf),
      asyncRequest: async (method: unknown, url: unknown, body?: unknown, params?: unknown) => {
        const call = callOf('http.asyncRequest', method, url, body, params);
        return await whileOthersGoOn(state, exchanges(state, call));
      },
      url: (parts: readonly string[], ...values: unknown[]): NamedUrl => ({
        url: String.raw({ raw: parts }, ...values),
        name: parts.join('${}'),
      }),
      file: (data: unknown, filename = String(Date.now()), type = 'application/octet-stream') =>
        new FileData(data, filename, type),
      FileData,
      CookieJar: ScriptCookieJar,
      cookieJar: () => cookieJarOf(state),
      expectedStatuses: (...ranges: (number | { min: number; max: number })[]) =>
        new ExpectedStatuses(ranges),
      setResponseCallback: (expected: unknown) => {
        defaultExpected = asExpected(expected);
      },
    },
    [],
  );
}

async function whileOthersGoOn({ host, outstanding }: VirtualUserState, steps: Steps): Promise<K6Response> {
  let step = steps.next();
  while (!step.done) {
    const exchange = host.exchange(step.value);
    outstanding.add(exchange);
    const answer = await exchange;
    outstanding.delete(exchange);
    step = steps.next(answer);
  }
  return step.value;
}

function whileBlocked(state: VirtualUserState, api: string, steps: Steps): K6Response {
  const blocking = requireBlocking(state, api);
  let step = steps.next();
  while (!step.done) {
    blocking.start(step.value);
    step = steps.next(blocking.next().answer);
    blocking.checkpoint();
  }
  return step.value;
}
