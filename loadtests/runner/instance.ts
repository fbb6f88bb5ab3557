/** One instance of a load, in a process of its own: `instances.ts` starts it and tells it what to do. */
import { describeError } from '../../core/describeError.ts';
import { systemClock } from '../../core/clock.ts';
import { parseSegment, parseSequence } from './executionSegment.ts';
import type { FromInstance, ToInstance } from './instanceMessages.ts';
import { runLoad } from './load.ts';
import { Share } from './share.ts';

const stopping = new AbortController();
const enough = new AbortController();
const start = Promise.withResolvers<number>();

const tell = (message: FromInstance): void => void process.send?.(message);

process.on('message', (message: ToInstance) => {
  switch (message.kind) {
    case 'prepare':
      void prepare(message);
      break;
    case 'start':
      start.resolve(message.atMs);
      break;
    case 'stop':
      stopping.abort(new Error(message.reason));
      start.resolve(systemClock.now());
      break;
    case 'enough':
      enough.abort(message.reason);
      break;
  }
});

async function prepare({ options, segment, sequence }: ToInstance & { kind: 'prepare' }): Promise<void> {
  try {
    await runLoad({
      ...options,
      share: Share.of(parseSegment(segment), parseSequence(sequence)),
      clock: systemClock,
      signal: stopping.signal,
      startsAt: () => {
        tell({ kind: 'ready' });
        return start.promise;
      },
      watch: (_startMs, over) => untilEnough(over),
      onTotals: (totals) => tell({ kind: 'totals', totals: { ...totals } }),
      onProgress: (text) => {
        // Who has said that it is enough knows it.
        if (!enough.signal.aborted) tell({ kind: 'line', text });
      },
    });
    tell({ kind: 'ended' });
  } catch (error) {
    tell({ kind: 'failed', text: describeError(error) });
  } finally {
    process.disconnect();
  }
}

function untilEnough(over: AbortSignal): Promise<string | null> {
  const answer = Promise.withResolvers<string | null>();
  const { signal } = enough;
  if (signal.aborted) answer.resolve(String(signal.reason));
  signal.addEventListener('abort', () => answer.resolve(String(signal.reason)), { once: true });
  over.addEventListener('abort', () => answer.resolve(null), { once: true });
  return answer.promise;
}
