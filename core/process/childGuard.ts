import { spawn } from 'node:child_process';

/** Keeps a child from outliving this process. */
export interface ChildGuard {
  /** The child is gone, or is being stopped in good order: stand down. */
  release(): void;
}

/**
 * Sends `signalName` to process `pid` when this process ends, however it ends: exit, crash or SIGKILL.
 *
 * A shell waits on a pipe whose only writer is this process. The kernel closes the pipe with the
 * process; no handler of ours has to run. The shell is in a session of its own, so that Ctrl-C in the
 * terminal does not take it first.
 */
export function guardChild(pid: number, signalName: 'INT' | 'QUIT' | 'TERM' | 'KILL'): ChildGuard {
  const shell = spawn('/bin/sh', ['-c', `read -r _; kill -${signalName} ${pid} 2>/dev/null`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  // The pipe's socket must not keep this process alive either.
  (shell.stdin as unknown as { unref(): void }).unref();
  shell.stdin.on('error', () => {});
  return { release: () => void shell.kill('SIGKILL') };
}
