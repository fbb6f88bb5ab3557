import { ScriptError } from '../../errors.ts';
import { requireBlocking, type Blocking, type VirtualUserState } from '../virtualUser.ts';
import { exchanges, type Call } from './request.ts';
import type { K6Response } from './response.ts';

type CallOf = (api: string, method: unknown, url: unknown, body: unknown, params: unknown) => Call;

const api = 'http.batch';

/**
 * Sends several requests at once, as many as the options `batch` and `batchPerHost` allow, and waits for all.
 * @returns their answers, in the array's order or under the object's names
 */
export function batch(
  state: VirtualUserState,
  requests: unknown,
  callOf: CallOf,
): K6Response[] | Record<string, K6Response> {
  if (typeof requests !== 'object' || requests === null)
    throw new ScriptError(api, 'expected an array or an object of requests');
  const entries = Object.entries(requests as Record<string, unknown>).map(
    ([key, request]) => [key, callIn(request, callOf)] as const,
  );
  const answers = sendAll(
    state,
    entries.map(([, call]) => call),
  );
  return Array.isArray(requests)
    ? answers
    : Object.fromEntries(entries.map(([key], index) => [key, answers[index] as K6Response]));
}

function callIn(request: unknown, callOf: CallOf): Call {
  if (Array.isArray(request)) {
    const [method, url, body, params] = request as unknown[];
    return callOf(api, method, url, body, params);
  }
  const isUrl = typeof request === 'string' || (request as { name?: unknown } | null)?.name !== undefined;
  if (isUrl) return callOf(api, 'GET', request, null, undefined);
  const { method = 'GET', url, body, params } = request as Record<string, unknown>;
  return callOf(api, method, url, body, params);
}

interface Lane {
  index: number;
  host: string;
  steps: ReturnType<typeof exchanges>;
}

function sendAll(state: VirtualUserState, calls: readonly Call[]): K6Response[] {
  const blocking = requireBlocking(state, api);
  const { batch: atOnce, batchPerHost } = state.http;
  const answers: K6Response[] = [];
  const waiting = calls.map((call, index): Lane => ({
    index,
    host: hostOf(call),
    steps: exchanges(state, call),
  }));
  const underWay = new Map<number, Lane>();
  const go = (lane: Lane, step: ReturnType<Lane['steps']['next']>): void => {
    if (step.done) answers[lane.index] = step.value;
    else underWay.set(blocking.start(step.value), lane);
  };
  const mayGo = ({ host }: Lane): boolean =>
    batchPerHost <= 0 || [...underWay.values()].filter((lane) => lane.host === host).length < batchPerHost;
  const isFull = (): boolean => atOnce > 0 && underWay.size >= atOnce;
  while (waiting.length > 0 || underWay.size > 0) {
    for (let next = waiting.findIndex(mayGo); next >= 0 && !isFull(); next = waiting.findIndex(mayGo)) {
      const [lane] = waiting.splice(next, 1) as [Lane];
      go(lane, lane.steps.next());
    }
    if (underWay.size > 0) take(blocking, underWay, go);
  }
  return answers;
}

function take(
  blocking: Blocking,
  underWay: Map<number, Lane>,
  go: (lane: Lane, step: ReturnType<Lane['steps']['next']>) => void,
): void {
  const { id, answer } = blocking.next();
  const lane = underWay.get(id);
  underWay.delete(id);
  if (lane) go(lane, lane.steps.next(answer));
  blocking.checkpoint();
}

const hostOf = ({ url }: Call): string => URL.parse(String((url as { url?: string }).url ?? url))?.host ?? '';
