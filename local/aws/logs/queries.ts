import { randomUUID } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { InsightsRow } from './runInsightsQuery.ts';

export interface FinishedQuery {
  rows: readonly InsightsRow[];
  recordsScanned: number;
}

/** Results are asked for within seconds; older ones are forgotten. */
const queriesKept = 100;

/** The results of Logs Insights queries, by the id their start gave. */
export class LogQueries {
  readonly #byId = new Map<string, FinishedQuery>();

  add(query: FinishedQuery): string {
    const id = randomUUID();
    this.#byId.set(id, query);
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined && this.#byId.size > queriesKept) this.#byId.delete(oldest);
    return id;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(id: string): FinishedQuery {
    const query = this.#byId.get(id);
    if (query) return query;
    throw new AwsError('ResourceNotFoundException', `Query ${id} does not exist.`);
  }
}
