import type { RunFile } from '../../records/run.ts';
import type { EngineContext, EngineRun } from './embedded.ts';
import type { ReadyEngine } from './engines.ts';
import { holdOf, recorderOf, runFileOf, type RunIdentity } from './runRecord.ts';
import { wholeShare } from './share.ts';

/** The messages that the systems expect, sent beside a script of a user's, which sends requests alone. */
export interface MessagesBeside {
  /** Begins: the script has. */
  begin(): void;
  /** Ends with the script. @returns the record of the messages; null where they never began */
  end(): Promise<RunFile | null>;
}

/**
 * @param engine with the profile of messages
 * @param identity of its run: the script's systems, ramp and hold
 */
export function messagesBeside(
  engine: ReadyEngine,
  identity: RunIdentity,
  { clock, signal }: Pick<EngineContext, 'clock' | 'signal'>,
): MessagesBeside {
  const over = new AbortController();
  let running: Promise<EngineRun> | null = null;
  return {
    begin: () => {
      running = engine.prepare(wholeShare, signal).then(() =>
        engine.run({
          share: wholeShare,
          clock,
          signal,
          enough: over.signal,
          onProgress: () => undefined,
          holdFrom: (startMs) => holdOf(identity, startMs),
          recorderFrom: (startMs, more) => recorderOf(identity, engine.script, wholeShare, startMs, more),
        }),
      );
      // Whoever ends it is told.
      running.catch(() => undefined);
    },
    end: async () => {
      over.abort(new Error('the script is over'));
      return running && runFileOf(identity, engine.engine, await running);
    },
  };
}

/** A script's run with the messages that were sent beside it. */
export function withMessages(run: RunFile, sent: RunFile | null): RunFile {
  if (sent === null) return run;
  // They began a moment after the script, whose seconds are the record's.
  const seconds = Math.round(
    (Date.parse(sent.windows.run.start) - Date.parse(run.windows.run.start)) / 1_000,
  );
  const { lateIterations } = run.generator;
  const reasons = [run.reason, run.complete && sent.reason !== null ? `messages: ${sent.reason}` : null];
  const reason = reasons.filter((each) => each !== null).join('; ') || null;
  return {
    ...run,
    systems: run.systems.map((system) => {
      const messages = sent.systems.find((other) => other.system === system.system)?.messages;
      return messages ? { ...system, messages: later(messages, seconds) } : system;
    }),
    generator: {
      ...run.generator,
      droppedIterations: run.generator.droppedIterations + sent.generator.droppedIterations,
      lateIterations: lateIterations === null ? null : lateIterations + (sent.generator.lateIterations ?? 0),
    },
    complete: reason === null,
    reason,
  };
}

type Messages = NonNullable<RunFile['systems'][number]['messages']>;

const later = (messages: Messages, seconds: number): Messages => ({
  ...messages,
  series: messages.series
    .map((each) => ({ ...each, second: each.second + seconds }))
    .filter(({ second }) => second >= 0),
});
