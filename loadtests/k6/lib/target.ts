/** One system and the loads that it is expected to carry. */
export interface Target {
  system: string;
  /** Base URL of its API with the API's stage, no trailing slash. */
  url: string;
  requestsPerSecond: number;
  /** Left out where no messages are expected. */
  messages?: MessageTarget;
}

export interface MessageTarget {
  /** Where SNS answers, no trailing slash. */
  url: string;
  topicArn: string;
  perSecond: number;
}
