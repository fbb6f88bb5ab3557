/** A mistake in fleet.config.ts, or a name that it does not know. */
export class FleetConfigError extends Error {
  override readonly name = 'FleetConfigError';
  readonly issues: readonly { field: string; problem: string }[];

  constructor(issues: readonly { field: string; problem: string }[], options?: ErrorOptions) {
    super(
      `fleet configuration: ${issues.map(({ field, problem }) => `${field}: ${problem}`).join('; ')}`,
      options,
    );
    this.issues = issues;
  }
}

/** Nothing is published under the stage's path. */
export class StageNotFoundError extends Error {
  override readonly name = 'StageNotFoundError';
  constructor(stage: string, path: string) {
    super(
      `no system is published under ${path}: is stage "${stage}" deployed in this account and region ` +
        `(for the stage on this machine: is "headroom up" running)?`,
    );
  }
}

/** A published document that is not what a system publishes. */
export class SystemDocumentError extends Error {
  override readonly name = 'SystemDocumentError';
  /** The system that should have published it, by the parameter's name. */
  readonly system: string;
  constructor(parameter: string, problem: string, options?: ErrorOptions) {
    super(`SSM parameter ${parameter}: ${problem}`, options);
    this.system = parameter.split('/').at(-1) ?? parameter;
  }
}

/** A secret by which callers of an API show that they may, and that is not what was expected. */
export class AuthSecretError extends Error {
  override readonly name = 'AuthSecretError';
  constructor(secretArn: string, problem: string) {
    super(`secret ${secretArn}: ${problem}`);
  }
}
