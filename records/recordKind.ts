import type { z } from 'zod';

/** How a record is written. */
export interface RecordFormat<T> {
  /** Its one declaration: what a writer may write and a reader takes, nothing more and nothing less. */
  readonly schema: z.ZodType<T>;
  /** Spaces a level, for who reads the file; 0 where it is long. */
  readonly indent: 0 | 2;
}

/** A kind of record that a run leaves in its folder. */
export interface RecordKind<T> extends RecordFormat<T> {
  readonly fileName: string;
}
