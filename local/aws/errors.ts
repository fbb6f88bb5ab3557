/**
 * A refusal in AWS's own words: each protocol renders it as its clients expect, so that the same `catch`
 * works here and there.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The error's code, e.g. `InvalidPermission.NotFound` or `ResourceNotFoundException`. */
  readonly code: string;
  readonly statusCode: number;
  /** Code for clients that know the service from its older query protocol, where it differs. */
  readonly queryCode: string;

  constructor(code: string, message: string, options: { statusCode?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.statusCode = options.statusCode ?? 400;
    this.queryCode = options.queryCode ?? code;
  }
}

/** Makes refusals of one code. */
export const refusalAs =
  (code: string) =>
  (message: string): AwsError =>
    new AwsError(code, message);
