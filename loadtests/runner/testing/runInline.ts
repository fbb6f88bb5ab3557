import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript, type EngineResult } from '../engine.ts';
import type { Point } from '../points.ts';
import { loadScript, type LoadedScript } from '../script.ts';
import { wholeShare, type Share } from '../share.ts';

/** Runs the text of a script on the embedded engine and returns its points. */
export async function runInline(
  text: string,
  env: Readonly<Record<string, string>> = {},
  stop: AbortSignal = new AbortController().signal,
  share: Share = wholeShare,
  onLine: (line: string) => void = () => undefined,
): Promise<EngineResult & { startMs: number; points: Point[]; lines: string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'headroom-script-'));
  const path = join(directory, 'script.ts');
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  let script: LoadedScript | undefined;
  try {
    await writeFile(path, text);
    script = await loadScript(path, env, log);
    await script.prepare(share);
    const setupData = await script.setup();
    const now = (): number => performance.timeOrigin + performance.now();
    const startMs = Math.ceil(now()) + 50;
    const points: Point[] = [];
    const emit = (point: Point): void => void points.push(point);
    const result = await runScript({ script, share, now, startMs, emit, stop, log, setupData });
    return { ...result, startMs, points, lines };
  } finally {
    await script?.close();
    await rm(directory, { recursive: true });
  }
}
