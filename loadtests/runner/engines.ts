import { join } from 'node:path';
import { unlessAborted } from '../../core/unlessAborted.ts';
import type { RunFile } from '../../records/run.ts';
import { describe, type DescribedScript } from './describedScript.ts';
import { runEmbedded, type EngineContext, type EngineRun } from './embedded.ts';
import { inspectScript } from './k6Inspect.ts';
import { checkK6, runK6, type K6 } from './k6Launcher.ts';
import { whyLogUnread } from './k6Log.ts';
import { loadScript } from './script.ts';
import type { Share } from './share.ts';

/** An engine with the script that it is going to run. */
export interface ReadyEngine {
  engine: RunFile['engine'];
  script: DescribedScript;
  /**
   * What comes before the start: the embedded engine's virtual users and `setup`; of k6, which makes these itself, whether
   * its log can be read. Whoever prepares it has to run it.
   * @throws ScriptError UnsupportedError, and the signal's reason, after which nothing of it goes on
   */
  prepare(share: Share, signal: AbortSignal): Promise<void>;
  run(context: Omit<EngineContext, 'script' | 'setupData'>): Promise<EngineRun>;
}

/** A script, and what it is run with. */
interface ScriptToRun {
  path: string;
  /** What it sees as `__ENV`. */
  env: Readonly<Record<string, string>>;
  /** A user's: k6 alone knows what it may be, and so reads it itself. */
  isOwn: boolean;
  runDirectory: string;
}

/**
 * Reads a script by the engine that is to run it.
 * @param k6Path null for the embedded engine
 * @throws ScriptError UnsupportedError ThresholdError K6Error
 */
export const readyEngine = async (
  k6Path: string | null,
  script: ScriptToRun,
  onProgress: (line: string) => void,
): Promise<ReadyEngine> =>
  k6Path === null ? readyEmbedded(script, onProgress) : readyK6(await checkK6(k6Path), script, onProgress);

/**
 * Reads a script for k6.
 * @throws ScriptError UnsupportedError ThresholdError K6Error
 */
export async function readyK6(
  k6: K6,
  { path, env, isOwn, runDirectory }: ScriptToRun,
  onProgress: (line: string) => void,
): Promise<ReadyEngine> {
  const script = isOwn
    ? await inspectScript(k6, path, env)
    : describe(await loadScript(path, env, onProgress));
  let logUnread: string | null = null;
  return {
    engine: { name: 'k6', version: k6.version },
    script,
    prepare: async (_share, signal) => {
      logUnread = await whyLogUnread(k6, signal);
    },
    run: (context) =>
      runK6({ ...k6, logUnread }, env, join(runDirectory, 'points.json'), { ...context, script }),
  };
}

/**
 * Loads a script into this process.
 * @throws ScriptError UnsupportedError ThresholdError
 */
export async function readyEmbedded(
  { path, env, isOwn }: Omit<ScriptToRun, 'runDirectory'>,
  onProgress: (line: string) => void,
): Promise<ReadyEngine> {
  // As k6 hands all of them to a script: one of a user's may have variables of its own.
  const script = await loadScript(path, isOwn ? { ...ownVariables(), ...env } : env, onProgress);
  let setupData: string | undefined;
  return {
    engine: { name: 'embedded', version: `node ${process.versions.node}` },
    script: describe(script),
    prepare: async (share, signal) => {
      const prepared = script.prepare(share).then(() => script.setup());
      try {
        setupData = await unlessAborted(prepared, signal);
      } catch (error) {
        if (signal.aborted) await script.close();
        throw error;
      }
    },
    run: (context) => runEmbedded({ ...context, script, setupData }),
  };
}

const ownVariables = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
