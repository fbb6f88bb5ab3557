import type { Point } from './points.ts';

/** One request as the run saw it. */
export interface RequestSample {
  system: string;
  /** The request's `name` tag. */
  name: string;
  /** Milliseconds since the epoch, with fraction: when the request began. */
  startMs: number;
  endMs: number;
  /** From there, see points.ts. */
  latencyMs: number;
  /** 0 = no answer. */
  status: number;
  /** Whether the script called the status good. */
  expectedStatus: boolean;
  /** Names of the checks that failed on its answer. */
  failedChecks: readonly string[];
}

interface OpenRequest extends Omit<RequestSample, 'failedChecks'> {
  failedChecks: string[];
}

/** The metrics of which a request is put together; a request has twice as many. */
const ofRequests: ReadonlySet<string> = new Set([
  'http_reqs',
  'http_req_duration',
  'http_req_blocked',
  'http_req_failed',
  'checks',
  'iteration_duration',
]);

/**
 * Puts the points of each iteration together again: its requests, and the checks on each (told apart by their
 * `name` tag). A request is handed out when its iteration has ended, with all its checks.
 */
export class RequestAssembler {
  readonly #open = new Map<string, OpenRequest[]>();
  readonly #done: (sample: RequestSample) => void;

  constructor(done: (sample: RequestSample) => void) {
    this.#done = done;
  }

  add(point: Point): void {
    if (!ofRequests.has(point.metric) || isBesideTheLoad(point)) return;
    const { vu, iter } = point.metadata;
    if (vu === undefined || iter === undefined) return;
    const key = `${vu}/${iter}`;
    const requests = this.#open.get(key);
    switch (point.metric) {
      case 'http_reqs':
        this.#open.set(key, [...(requests ?? []), opened(point)]);
        break;
      case 'http_req_duration':
      case 'http_req_blocked':
        addLatency(requests?.at(-1), point.value);
        break;
      case 'http_req_failed': {
        const request = requests?.at(-1);
        if (request) request.expectedStatus = point.value === 0;
        break;
      }
      case 'checks': {
        if (point.value !== 0) break;
        const { name, check = '' } = point.tags;
        requests
          ?.findLast((request) => name === undefined || request.name === name)
          ?.failedChecks.push(check);
        break;
      }
      case 'iteration_duration':
        this.#open.delete(key);
        for (const request of requests ?? []) this.#done(request);
        break;
    }
  }

  /** Hands out what belongs to iterations that never ended. */
  flush(): void {
    const rest = [...this.#open.values()].flat();
    this.#open.clear();
    for (const request of rest) this.#done(request);
  }
}

/** What `setup` and `teardown` ask is no load: it belongs to no scenario. A user's own group may have their names. */
const isBesideTheLoad = ({ tags }: Point): boolean =>
  !tags['scenario'] && /^::(setup|teardown)(::|$)/.test(tags['group'] ?? '');

const opened = ({ timeMs, tags }: Point): OpenRequest => ({
  system: tags['system'] ?? tags['scenario'] ?? '',
  name: tags['name'] ?? '',
  startMs: timeMs,
  endMs: timeMs,
  latencyMs: 0,
  status: Number(tags['status'] ?? 0),
  expectedStatus: true,
  failedChecks: [],
});

function addLatency(request: OpenRequest | undefined, ms: number): void {
  if (!request) return;
  request.latencyMs += ms;
  request.startMs -= ms;
}
