import { join } from 'node:path';
import { stageOf } from '../fleet/fleet.ts';
import { peaksProvenBy } from '../loadtests/gate/provenPeaks.ts';
import { runGate } from '../loadtests/gate/runGate.ts';
import { writeVerdict } from '../loadtests/gate/writeAnswers.ts';
import { recordProvenPeak } from '../monitoring/provenPeak.ts';
import type { RunFile } from '../records/run.ts';
import { verdictKind, type VerdictFile } from '../records/verdict.ts';
import type { OperationContext } from './context.ts';
import { messagesOfRun } from './messagesOfRun.ts';
import { stageMetrics } from './stageMetrics.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Target } from './target.ts';

/**
 * Judges a run; the verdict stands beside it in `directory/verdict.json`. A pass on AWS is recorded as the
 * systems' proven peak, which an alarm compares production with.
 */
export async function judgeRun(
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
): Promise<VerdictFile> {
  const { stage, fleet, connection } = target;
  const { output } = context;
  const messages = await messagesOfRun(context, target, run, directory);
  const verdict = await runGate({
    ...stageMetrics(context, target, run),
    config: stageOf(fleet, stage),
    messages,
  });
  const path = join(directory, verdictKind.fileName);
  const standing = await writeVerdict(path, verdict);
  output.progress(
    standing === verdict
      ? `verdict: ${path}`
      : `${path} keeps its earlier verdict, ${standing.verdict} of ${standing.judgedAt}`,
  );
  for (const [system, peak] of peaksProvenBy(run, verdict)) {
    await recordProvenPeak(connection.clients.ssm, stage, system, peak);
    const { requestsPerSecond, messagesPerSecond } = peak;
    const ofMessages = messagesPerSecond === undefined ? '' : ` and ${messagesPerSecond} messages`;
    output.progress(`${system}: proven up to ${requestsPerSecond} requests${ofMessages} a second`);
  }
  return verdict;
}
