/**
 * What a service's load side exports: how it is asked, what is right, which messages it takes. The file imports nothing
 * that k6 could not load, since the scripts and the embedded engine load it as this project does; types are no import.
 */
export interface ServiceLoad {
  /** Path of the healthcheck. */
  health: string;
  /**
   * The ids that loads ask for: `firstId` … `firstId + count - 1`. What they name is made by their messages, so that they
   * are of those that nothing real has: from 2,000,000,000 to 2,000,999,999 (`limits.testIds`).
   */
  seeded: Readonly<{ firstId: number; count: number }>;
  /** Asks for what an id names, and knows its right answer. */
  lookUp(id: number): LoadRequest;
  /**
   * The request of one iteration of a load.
   * @param id one of the seeded ones: each once before any is repeated
   * @param iteration number of the iteration in its scenario, from 0 on
   */
  request(id: number, iteration: number): LoadRequest;
  /** The message that tells of an id, at this instant (milliseconds since the epoch). */
  message(id: number, atMs: number): string;
  /** The id that a message tells of; null for what is none. */
  idOf(body: string): number | null;
  /**
   * Messages that no retry can make succeed, one of each kind that the subscriber refuses.
   * @param firstId the first of `poisonIds` ids that are theirs alone
   * @param mark makes every body one that no other message has
   */
  poison(firstId: number, mark: string): readonly Poison[];
  /** Routes of the contract that ask for no signature: `GET /healthcheck`. Left out: there is none. */
  open?: readonly string[];
  /** Every answer that the service gives by itself; the first one a good one, which also goes unsigned and forged. */
  smoke: readonly [SmokeCase, ...SmokeCase[]];
}

/** Ids that `poison` may use. */
export const poisonIds = 10;

/** A message that no retry can make succeed, for one defect alone. */
export interface Poison {
  body: string;
  /** The reason with which the subscriber must give it up: the attribute `reason` of the dead letter. */
  reason: string;
}

/** What came back. */
export interface LoadAnswer {
  /** 0 for no answer. */
  status: number;
  body: string | null;
}

export interface LoadRequest {
  /** Names the request and its checks in every metric. */
  name: string;
  /** GET where left out. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string>>;
  /** JSON. */
  body?: string;
  /** Statuses that are right, such as 200 or 202; any other makes it a failed request. */
  statuses: readonly number[];
  /** Whether an answer of a right status has the right body. */
  isRight?: (answer: LoadAnswer) => boolean;
}

export interface SmokeCase extends LoadRequest {
  /** Whether the answer is a problem (RFC 9457). */
  problem?: boolean;
  /** Tries to smuggle SQL in: the web ACL may refuse it before the service does, and no answer shows SQL. */
  injection?: boolean;
}
