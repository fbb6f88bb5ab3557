import { join } from 'node:path';
import { recoveryOf } from '../loadtests/gate/recovery.ts';
import { writeRecovery } from '../loadtests/gate/writeAnswers.ts';
import { recoveryKind, type RecoveryFile } from '../records/recovery.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';

/** Says whether the systems recovered from a spike, in `directory/recovery.json`; undefined for another profile. */
export async function findRecovery(
  { output }: OperationContext,
  run: RunFile,
  directory: string,
): Promise<RecoveryFile | undefined> {
  const recovery = recoveryOf(run);
  if (!recovery) return undefined;
  const path = join(directory, recoveryKind.fileName);
  await writeRecovery(path, recovery);
  output.progress(`recovery: ${path}`);
  return recovery;
}
