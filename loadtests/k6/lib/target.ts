/** One system and the loads that it is expected to carry. */
export interface Target {
  system: string;
  /** Base URL of its API with the API's stage, no trailing slash. */
  url: string;
  requestsPerSecond: number;
  /** A system that runs other code than the contract's: who asks keeps to what the contract says of answers alone. */
  adopted?: {
    /** Of its healthcheck, below `url`; left out where it has none there. */
    healthPath?: string;
  };
  /** How its callers show that they may: of an adopted system instead of a signature, else beside it; from `HEADROOM_HEADERS`. */
  headers?: Readonly<Record<string, string>>;
  /** Left out where no messages are expected. */
  messages?: MessageTarget;
}

export interface MessageTarget {
  /** Where SNS answers, no trailing slash. */
  url: string;
  topicArn: string;
  perSecond: number;
}
