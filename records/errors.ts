/** A record that is not there, cannot be read, or is of another version: nothing may be concluded from it. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  /** Its file, or the parameter that keeps it. */
  readonly path: string;

  /** @param problem names the field that is wrong, and what was expected */
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}
