import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StageReady } from './commands/up.ts';
import { ChildFailedError, StageLostError } from './errors.ts';
import type { Output } from './output.ts';

/** A stage that runs in a process of its own and ends with this one. */
export interface LocalStage {
  ready: StageReady;
  /** Aborted with a StageLostError when the stage ends before it is told to. */
  lost: AbortSignal;
  stop(): Promise<void>;
}

/**
 * Starts `headroom up` as a child, so that stage and load generator don't share an event loop. The child
 * stops when the channel to it closes, also when this process is killed; it is in a session of its own,
 * so that Ctrl-C lets a drill restore before the stage goes away.
 * @throws ChildFailedError when it doesn't get ready; the child has said why by then.
 */
export async function startLocalStage(
  parameters: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<LocalStage> {
  const child = fork(fileURLToPath(new URL('./headroom.ts', import.meta.url)), ['up', ...parameters], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').map((part) => part.trim())) {
      if (line === '') continue;
      lines.push(line);
      output.progress(line);
    }
  });
  let stopping = false;
  const lost = new AbortController();
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      if (!stopping)
        lost.abort(new StageLostError(`the stage ended (exit code ${code}): ${lines.at(-1) ?? ''}`));
      resolve(code);
    });
  });
  const stop = async () => {
    stopping = true;
    if (child.connected) child.disconnect();
    await ended;
  };
  const interrupted = () => void stop();
  signal.addEventListener('abort', interrupted, { once: true });
  const ready = await Promise.race([
    new Promise<StageReady>((resolve) => child.once('message', (message) => resolve(message as StageReady))),
    ended,
  ]);
  signal.removeEventListener('abort', interrupted);
  signal.throwIfAborted();
  if (ready !== null && typeof ready === 'object') return { ready, lost: lost.signal, stop };
  throw new ChildFailedError(ready);
}
