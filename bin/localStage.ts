import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StageReady } from './commands/up.ts';
import { ChildFailedError, StageLostError } from './errors.ts';
import type { Output } from './output.ts';

/** A stage that runs in a process of its own and ends with this one. */
export interface LocalStage {
  /** Aborted with a StageLostError when the stage ends before it is told to. */
  lost: AbortSignal;
  stop(): Promise<void>;
}

/**
 * Starts `headroom up` as a child, so that stage and load generator don't share an event loop. The child
 * stops when the channel to it closes, also when this process is killed; it is in a session of its own,
 * so that Ctrl-C lets a drill restore before the stage goes away.
 * @throws ChildFailedError when it doesn't get ready; the child has said why by then. The signal's
 *   reason when aborted meanwhile.
 */
export async function startLocalStage(
  parameters: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<LocalStage> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(new URL('./headroom.ts', import.meta.url)), ['up', ...parameters], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  if (!child.stderr) throw new Error('a child with a piped stderr has none');
  let lastLine = '';
  const lines = createInterface(child.stderr).on('line', (line) => {
    lastLine = line.trim();
    output.progress(lastLine);
  });
  let stopping = false;
  const lost = new AbortController();
  // Not the event "close": Node does not emit it once the channel was closed from this side.
  const ended = Promise.all([once(child, 'exit') as Promise<[number | null]>, once(lines, 'close')]).then(
    ([[code]]) => {
      if (!stopping) lost.abort(new StageLostError(`the stage ended with code ${code}: ${lastLine}`));
      return { code };
    },
  );
  const stop = async () => {
    stopping = true;
    if (child.connected) child.disconnect();
    await ended;
  };
  const giveUp = () => void stop();
  signal.addEventListener('abort', giveUp, { once: true });
  const first = await Promise.race([once(child, 'message') as Promise<[StageReady]>, ended]);
  signal.removeEventListener('abort', giveUp);
  signal.throwIfAborted();
  if ('code' in first) throw new ChildFailedError(first.code);
  return { lost: lost.signal, stop };
}
