import { readFile } from 'node:fs/promises';
import { runFileSchema, type RunFile } from '../records/run.ts';
import { UsageError } from '../operations/errors.ts';

/**
 * A run's record, read back.
 * @throws UsageError when it is not there or not a run file.
 */
export async function readRun(path: string): Promise<RunFile> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `cannot read the run file ${path}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  const result = runFileSchema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UsageError(`${path} is no run file: ${issue?.path.join('.')}: ${issue?.message}`, {
    cause: result.error,
  });
}
