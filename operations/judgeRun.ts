import { join } from 'node:path';
import { settleAtMost } from '../core/settleAtMost.ts';
import { stageOf } from '../fleet/fleet.ts';
import { peaksProvenBy } from '../loadtests/gate/provenPeaks.ts';
import { runGate } from '../loadtests/gate/runGate.ts';
import { writeVerdict } from '../loadtests/gate/writeAnswers.ts';
import type { MessagesSeen } from '../loadtests/messages/reconcile.ts';
import { limits } from '../monitoring/limits.ts';
import { recordProvenPeak } from '../monitoring/provenPeak.ts';
import type { RunFile } from '../records/run.ts';
import { verdictKind, type VerdictFile } from '../records/verdict.ts';
import type { OperationContext } from './context.ts';
import { stageMetrics } from './stageMetrics.ts';
import type { Target } from './target.ts';
import { whatBecameOf } from './whatBecame.ts';

/**
 * Judges a run; the verdict stands beside it in `directory/verdict.json`. A pass on AWS is recorded as the
 * systems' proven peak, which an alarm compares production with.
 */
export async function judgeRun(
  context: OperationContext,
  target: Target,
  run: RunFile,
  directory: string,
): Promise<VerdictFile> {
  const { stage, fleet, connection } = target;
  const { output } = context;
  const messages = await messagesOf(context, target, run);
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
      : `${path} keeps the earlier verdict, ${standing.verdict} of ${standing.judgedAt}`,
  );
  for (const [system, peak] of peaksProvenBy(run, verdict)) {
    await recordProvenPeak(connection.clients.ssm, stage, system, peak);
    const { requestsPerSecond, messagesPerSecond } = peak;
    const messages = messagesPerSecond === undefined ? '' : ` and ${messagesPerSecond} messages`;
    output.progress(`${system}: proven up to ${requestsPerSecond} requests${messages} a second`);
  }
  return verdict;
}

/** What became of the run's messages, by their ids: right after it they have as long as a batch that failed twice. */
async function messagesOf(
  context: OperationContext,
  target: Target,
  run: RunFile,
): Promise<ReadonlyMap<string, MessagesSeen>> {
  const published = target.systems.filter(({ system }) =>
    run.systems.some((each) => each.system === system && (each.messages?.acknowledgedIds ?? []).length > 0),
  );
  const untilMs = Date.parse(run.windows.run.end) + limits.delivery.withinMs[target.connection.place];
  const seen = await settleAtMost(
    published,
    limits.systemsAtOnce,
    (document) => whatBecameOf(context, target, run, document, untilMs),
    context.signal,
  );
  return new Map(
    seen.flatMap((one) => (one.state === 'done' ? [[one.item.system, one.result] as const] : [])),
  );
}
