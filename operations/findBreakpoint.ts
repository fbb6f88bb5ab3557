import { join } from 'node:path';
import { runBreakpoint } from '../loadtests/gate/runBreakpoint.ts';
import { writeBreakpoint } from '../loadtests/gate/writeAnswers.ts';
import { breakpointKind, type BreakpointFile } from '../records/breakpoint.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import { stageMetrics } from './stageMetrics.ts';
import type { Target } from './target.ts';

/** Says at which rate a climb crossed the first limit; the answer stands beside it in `directory/breakpoint.json`. */
export async function findBreakpoint(
  context: OperationContext,
  target: Target,
  run: RunFile,
  directory: string,
): Promise<BreakpointFile> {
  const path = join(directory, breakpointKind.fileName);
  const answer = await runBreakpoint(stageMetrics(context, target, run));
  const standing = await writeBreakpoint(path, answer);
  context.output.progress(
    standing === answer
      ? `breakpoint: ${path}`
      : `${path} keeps the earlier answer of ${standing.answeredAt}`,
  );
  return answer;
}
