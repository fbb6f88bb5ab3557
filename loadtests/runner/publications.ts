import type { Outcome } from '../k6/lib/snsBatch.ts';
import type { Point } from './points.ts';

/** One call of SNS as the run saw it. */
export interface Publication {
  /** Milliseconds since the epoch, with fraction: when its iteration began. */
  startMs: number;
  latencyMs: number;
  /** 0 = no answer. */
  status: number;
  messages: readonly { id: number; outcome: Outcome }[];
}

interface OpenPublication extends Publication {
  messages: { id: number; outcome: Outcome }[];
}

/** Puts the points of each iteration that publishes together again; handed out when the iteration has ended. */
export class PublicationAssembler {
  readonly #open = new Map<string, OpenPublication>();
  readonly #done: (system: string, publication: Publication) => void;

  constructor(done: (system: string, publication: Publication) => void) {
    this.#done = done;
  }

  add({ metric, timeMs, value, tags, metadata }: Point): void {
    const { vu, iter } = metadata;
    if (vu === undefined || iter === undefined) return;
    const key = `${vu}/${iter}`;
    const open = this.#open.get(key) ?? { startMs: timeMs, latencyMs: 0, status: 0, messages: [] };
    switch (metric) {
      case 'http_reqs':
        open.status = Number(tags['status'] ?? 0);
        break;
      case 'http_req_duration':
      case 'http_req_blocked':
        open.latencyMs += value;
        break;
      case 'messages_acknowledged':
        open.messages.push({ id: Number(metadata['message']), outcome: outcomeIn(tags) });
        break;
      case 'iteration_duration':
        this.#open.delete(key);
        open.startMs = timeMs - value;
        this.#done(tags['system'] ?? '', open);
        return;
      default:
        return;
    }
    this.#open.set(key, open);
  }
}

const outcomeIn = ({ outcome }: Point['tags']): Outcome =>
  outcome === 'acknowledged' || outcome === 'failed' ? outcome : 'unresolved';
