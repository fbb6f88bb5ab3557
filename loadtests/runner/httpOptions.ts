/** What a script's options say of all its requests. */
export interface HttpOptions {
  maxRedirects: number;
  /** Null for our own. */
  userAgent: string | null;
  discardsBodies: boolean;
  /** Whether a request without an answer throws. */
  throws: boolean;
  /** Requests of a batch that are under way at once, and of them to one host. */
  batch: number;
  batchPerHost: number;
  /** Whether cookies stay from one iteration to the next. */
  keepsCookies: boolean;
}

/** What a script's options say of connections. */
export interface ConnectionOptions {
  /** Each request takes a connection of its own. */
  reusesNone: boolean;
  /** Each iteration takes connections of its own. */
  reusesWithinIteration: boolean;
  /** Any certificate is taken. */
  insecure: boolean;
}

/** k6's where a script says nothing. */
export const defaultHttpOptions: HttpOptions = {
  maxRedirects: 10,
  userAgent: null,
  discardsBodies: false,
  throws: false,
  batch: 20,
  batchPerHost: 6,
  keepsCookies: false,
};
