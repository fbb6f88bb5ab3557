import { dirname, join } from 'node:path';
import { besideForecasts } from '../loadtests/gate/foretold.ts';
import { runBreakpoint } from '../loadtests/gate/runBreakpoint.ts';
import { writeBreakpoint } from '../loadtests/gate/writeAnswers.ts';
import { breakpointKind, type BreakpointFile } from '../records/breakpoint.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import { stageMetrics } from './stageMetrics.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Target } from './target.ts';
import { verdictBefore } from './verdictBefore.ts';

/**
 * Says at which rate a climb crossed the first limit, beside what the newest peak of the same configuration
 * foretold; the answer stands in `directory/breakpoint.json`.
 */
export async function findBreakpoint(
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
): Promise<BreakpointFile> {
  const path = join(directory, breakpointKind.fileName);
  const metrics = stageMetrics(context, target, run);
  const alone = await runBreakpoint(metrics);
  const verdict = await verdictBefore(
    alone,
    { service: target.fleet.service, runsDirectory: dirname(directory) },
    context.output.progress,
  );
  const expected = new Map(
    metrics.systems.map(({ system, expectedRequestsPerSecond }) => [system, expectedRequestsPerSecond]),
  );
  const answer = verdict === null ? alone : besideForecasts(alone, verdict, expected);
  const standing = await writeBreakpoint(path, answer);
  context.output.progress(
    standing === answer
      ? `breakpoint: ${path}`
      : `${path} keeps its earlier answer of ${standing.answeredAt}`,
  );
  return answer;
}
