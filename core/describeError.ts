/** The message of anything thrown, with the error's name where it says more than `Error`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(describeError).join('; ');
  }
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
