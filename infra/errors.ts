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
