import { adminDataApi } from '../chaos/observers/dataApi.ts';
import { describeError } from '../core/describeError.ts';
import { loadService } from '../fleet/service.ts';
import type { MessagingDocument } from '../fleet/systemDocument.ts';
import { deadLetterIds } from '../loadtests/messages/deadLetterIds.ts';
import { idsIn } from '../loadtests/messages/idRanges.ts';
import { waitingMessages } from '../loadtests/messages/queuedMessages.ts';
import { reconcile, type MessagesSeen } from '../loadtests/messages/reconcile.ts';
import { storedIds } from '../loadtests/messages/storedIds.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';

const betweenLooksMs = 2_000;

/**
 * Waits until what a run published to a system is stored or given up, and says what became of it.
 * @param untilMs no longer; one look is taken in any case
 * @throws the signal's reason when aborted
 */
export async function whatBecameOf(
  { clock, signal, output }: Pick<OperationContext, 'clock' | 'signal' | 'output'>,
  { connection, fleet }: Pick<Target, 'connection' | 'fleet'>,
  run: RunFile,
  document: MessagingDocument,
  untilMs: number,
): Promise<MessagesSeen> {
  const { system, cluster } = document;
  const { clients } = connection;
  const service = await loadService(fleet.service);
  const messages = run.systems.find((each) => each.system === system)?.messages;
  const ranges = messages?.acknowledgedIds ?? [];
  const published = new Set(idsIn(ranges));
  // The ranges are ascending.
  const block = {
    first: ranges[0]?.first ?? 0,
    end: (ranges.at(-1)?.last ?? -1) + 1,
    schema: cluster.schema,
  };
  const dataApi = adminDataApi(document, clients.dataApi, clock);
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const over = clock.now() >= untilMs;
    try {
      const waiting = await waitingMessages(clients.sqs, document, signal);
      const stored =
        published.size === 0
          ? new Map<number, number>()
          : await storedIds(dataApi, service.definition, block);
      const missing = [...published].some((id) => !stored.has(id));
      // Reading dead letters hides them from others for a while: not before they matter.
      const dead =
        missing && (waiting === 0 || over)
          ? await deadLetterIds(clients.sqs, document, service.load, signal)
          : new Set<number>();
      const reconciliation = reconcile(published, stored, dead);
      // While something is under way, it may still be stored a second time.
      if ((reconciliation.lost === 0 && waiting === 0) || over) {
        return { reconciliation, problem: null, waiting };
      }
      if (!told)
        output.progress(
          `${system}: ${reconciliation.lost} messages are not stored yet, ${waiting} are waiting`,
        );
      told = true;
    } catch (error) {
      signal.throwIfAborted();
      if (over) return { reconciliation: null, problem: describeError(error), waiting: 0 };
    }
    await clock.sleep(betweenLooksMs, signal);
  }
}
