/** A value that CloudWatch cannot take. The stage's endpoint renders it as each protocol's clients expect. */
export class InvalidParameterValueError extends Error {
  override readonly name = 'InvalidParameterValueError';
}

export const invalidParameterValue = (message: string): InvalidParameterValueError =>
  new InvalidParameterValueError(message);
