import type { Clock } from '../core/clock.ts';

/**
 * Calls `tick` at every multiple of the interval since the start, never twice at once; returns what ends
 * it and waits for a tick under way.
 */
export function startTicking(options: {
  clock: Clock;
  intervalMs: number;
  tick: (nowMs: number) => Promise<void>;
  onError: (error: unknown) => void;
}): () => Promise<void> {
  const { clock, intervalMs, tick, onError } = options;
  const stopping = new AbortController();
  const startMs = clock.now();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await tick(clock.now()).catch(onError);
      const passed = Math.floor((clock.now() - startMs) / intervalMs) + 1;
      await clock.sleep(startMs + passed * intervalMs - clock.now(), stopping.signal).catch(() => {});
    }
  };
  const running = loop();
  return () => {
    stopping.abort();
    return running;
  };
}
