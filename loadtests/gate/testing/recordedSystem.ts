import type { RunFile } from '../../../records/run.ts';
import { SystemRecorder } from '../../runner/systemRecorder.ts';
import type { RecordedWindows } from '../../runner/window.ts';

/** What was asked of a system within one second, evenly spread. */
export interface AskedSecond {
  /** By the answer that each got. */
  requests: readonly { status?: number; latencyMs?: number }[];
  /** Iterations that began nothing. */
  dropped?: number;
}

/** So many requests with the same answer. */
export const requests = (
  count: number,
  { status = 200, latencyMs = 10 }: { status?: number; latencyMs?: number } = {},
): AskedSecond['requests'] => Array.from({ length: count }, () => ({ status, latencyMs }));

/** The record that a run leaves of a system which was asked and answered so. */
export function recordedSystem(
  system: string,
  options: { startMs: number; windows: RecordedWindows; periodSeconds: number; seconds: number },
  asked: (second: number) => AskedSecond,
): RunFile['systems'][number] {
  const { startMs, seconds } = options;
  const recorder = new SystemRecorder(options);
  for (let second = 0; second < seconds; second += 1) {
    const { requests: each, dropped = 0 } = asked(second);
    each.forEach(({ status = 200, latencyMs = 10 }, index) => {
      const beganMs = startMs + (second + index / each.length) * 1_000;
      recorder.addIterations(beganMs, 1, false);
      recorder.addRequest(
        {
          system,
          name: 'getItem',
          status,
          expectedStatus: status === 200,
          failedChecks: [],
          startMs: beganMs,
          endMs: beganMs + latencyMs,
          latencyMs,
        },
        status !== 200,
      );
    });
    if (dropped > 0) recorder.addIterations(startMs + second * 1_000, dropped, true);
  }
  return recorder.finish(system, startMs + seconds * 1_000);
}
