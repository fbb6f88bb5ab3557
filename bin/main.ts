import { CommanderError } from 'commander';
import { systemClock } from '../core/clock.ts';
import { currentCommit } from './context.ts';
import { stateDirectory } from './directories.ts';
import { explain, InterruptedError, whyStopped } from './errors.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';
import { terminalOutput } from './output.ts';
import { makeProgram } from './program.ts';

const interrupt = new AbortController();
/** When somebody first asked to stop; a closed pipe asks for nothing. */
let askedAtMs: number | undefined;
const output = terminalOutput(process.stdout, process.stderr);
/** `npm start` passes a Ctrl-C on that has reached this process already: that is no second one. */
const echoMs = 1_000;
for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signalName, () => {
    const nowMs = systemClock.now();
    if (askedAtMs === undefined) {
      askedAtMs = nowMs;
      interrupt.abort(new InterruptedError());
    } else if (nowMs - askedAtMs > echoMs) {
      // A second time: whoever asks does not want to wait for things to be put in order.
      output.command(['headroom: stopped at once; "headroom chaos restore" undoes what a drill left']);
      process.exit(exitCodes.interrupted);
    }
  });
}
// Nobody reads any more (`| head`): as Ctrl-C, since an error nobody handles would end a drill unrestored.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => interrupt.abort(new InterruptedError()));
}
// Started by another headroom: its end is ours.
if (process.send) process.on('disconnect', () => interrupt.abort(new InterruptedError()));

let code: ExitCode = exitCodes.passed;
try {
  const program = await makeProgram(
    {
      clock: systemClock,
      random: Math.random,
      signal: interrupt.signal,
      output,
      stateDirectory,
      currentCommit,
    },
    (result) => (code = result),
    process.argv.slice(2),
  );
  await program.parseAsync();
} catch (error) {
  code = report(whyStopped(error, interrupt.signal));
}
// What a pipe has not taken yet would be lost: an answer may be longer than the 64 KiB that it holds.
await Promise.all([process.stdout, process.stderr].map(written));
process.exit(interrupt.signal.aborted && code !== exitCodes.passed ? exitCodes.interrupted : code);

/** Resolves once all that was written is on its way, or nobody reads any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

function report(error: unknown): ExitCode {
  // Commander has said it already; --help and --version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  const { code: explained, text } = explain(error);
  output.command([`headroom: ${text}`]);
  return explained;
}
