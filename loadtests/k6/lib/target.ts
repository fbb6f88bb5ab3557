/** One system's API and the load it is expected to carry. */
export interface Target {
  system: string;
  /** Base URL with the API's stage, no trailing slash. */
  url: string;
  requestsPerSecond: number;
}
