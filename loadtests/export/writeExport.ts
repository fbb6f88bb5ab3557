import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWriteError } from '../../core/errors.ts';
import { exportKind } from '../../records/export.ts';
import { writeRecord } from '../../records/recordFile.ts';
import { forDistributedLoadTesting } from './distributedLoadTesting.ts';
import type { ExportedFiles, ExportPlan } from './exportPlan.ts';
import { forK6Operator } from './k6Operator.ts';
import { forSegments } from './segments.ts';

/** What can be exported for, by its name on the command line. */
export const exportEngines = {
  'k6-operator': forK6Operator,
  dlt: forDistributedLoadTesting,
  segments: forSegments,
} as const satisfies Record<string, (plan: ExportPlan) => ExportedFiles>;

export type ExportEngine = keyof typeof exportEngines;

/**
 * Writes what an engine takes into a folder: script, environment, commands, and `export.json`, by which its results are
 * collected.
 * @throws FileWriteError
 */
export async function writeExport(plan: ExportPlan, engine: ExportEngine, directory: string): Promise<void> {
  try {
    await mkdir(join(directory, 'results'), { recursive: true });
    // Of an earlier export into the same folder: it would be taken for this one's.
    await rm(join(directory, exportKind.fileName), { force: true });
    const files: ExportedFiles = {
      'load.js': plan.script,
      ...(plan.policy ? { 'policy.json': `${JSON.stringify(plan.policy, null, 2)}\n` } : {}),
      ...exportEngines[engine](plan),
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, name);
      const isText = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(path, isText ? content : content.text);
      if (!isText) await chmod(path, content.mode);
    }
  } catch (error) {
    throw new FileWriteError(directory, error);
  }
  await writeRecord(exportKind, join(directory, exportKind.fileName), plan.file);
}
