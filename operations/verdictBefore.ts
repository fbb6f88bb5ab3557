import { dirname, join } from 'node:path';
import { isOfTheSame } from '../loadtests/gate/foretold.ts';
import type { ServiceDefinition } from '../fleet/service.ts';
import type { BreakpointFile } from '../records/breakpoint.ts';
import { evidenceProfileOf } from '../loadtests/runner/load.ts';
import { newestRunOf } from '../records/newestRun.ts';
import { readRecord } from '../records/recordFile.ts';
import { verdictKind, type VerdictFile } from '../records/verdict.ts';

/**
 * The verdict on the newest peak, where it is of the same stage and configuration as a climb; null otherwise. One
 * that cannot be read is told of: it keeps nobody from the climb's own answer.
 */
export async function verdictBefore(
  breakpoint: BreakpointFile,
  { service, runsDirectory }: { service: Pick<ServiceDefinition, 'profiles'>; runsDirectory: string },
  onProgress: (line: string) => void,
): Promise<VerdictFile | null> {
  const peak = await newestRunOf(runsDirectory, evidenceProfileOf(service));
  if (peak === undefined) return null;
  const found = await readRecord(verdictKind, join(dirname(peak), verdictKind.fileName));
  if (found.state === 'absent') return null;
  if (found.state === 'readable') return isOfTheSame(found.record, breakpoint) ? found.record : null;
  onProgress(`no forecast to compare with: ${found.error.message}`);
  return null;
}
