import { once } from 'node:events';
import { runScript } from '../engine.ts';
import { loadScript } from '../script.ts';
import { wholeShare } from '../share.ts';

// A process whose main thread a script may keep for itself: loads it, runs it, and tells what became of that. It ends by
// itself once nothing of the script is left.
const [path = '', initMs, standstillMs] = process.argv.slice(2);
const tell = (line: string): void => void process.send?.(line);
const interrupted = once(process, 'SIGINT').then(() => tell('interrupted'));
/** Nothing else keeps the process from ending before. */
const told = (): Promise<void> => {
  process.channel?.ref();
  return interrupted;
};
try {
  const bounds = { initMs: Number(initMs), standstillMs: Number(standstillMs) };
  const script = await loadScript(path, {}, tell, bounds);
  try {
    await script.prepare(wholeShare);
    const setupData = await script.setup();
    const now = (): number => performance.timeOrigin + performance.now();
    const emit = (): void => undefined;
    const stop = new AbortController().signal;
    const { aborted } = await runScript({
      script,
      share: wholeShare,
      now,
      startMs: now(),
      emit,
      stop,
      log: tell,
      setupData,
    });
    await script.teardown(setupData);
    tell(aborted ?? 'over');
    if (aborted !== null) await told();
  } finally {
    await script.close();
  }
} catch (error) {
  tell(String(error));
  if (String(error).includes('interrupted')) await told();
} finally {
  process.disconnect();
}
