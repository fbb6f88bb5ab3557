import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { projectDirectory } from '../directories.ts';

/** State of its own, so that tests don't meet a stage that the developer runs; caches stay between tests. */
export const testState = join(projectDirectory, '.headroom', 'test');

/** Of all tests, also of those with a state directory of their own. */
const caches = join(testState, 'cache');

function lendCaches(stateDirectory: string): void {
  mkdirSync(caches, { recursive: true });
  mkdirSync(stateDirectory, { recursive: true });
  const own = join(stateDirectory, 'cache');
  if (!existsSync(own)) symlinkSync(caches, own);
}

/** The command line, running as a user runs it. */
export class Headroom {
  readonly child: ChildProcess;
  /** The exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  stdout = '';
  stderr = '';
  readonly #waiting = new Map<string, () => void>();

  /** @param parameters the command and its options, behind a state directory of its own or without one */
  constructor(...parameters: ({ stateDirectory: string } | string)[]) {
    const [first] = parameters;
    const { stateDirectory } = typeof first === 'object' ? first : { stateDirectory: testState };
    const words = parameters.filter((parameter): parameter is string => typeof parameter === 'string');
    lendCaches(stateDirectory);
    const child = spawn(process.execPath, [join(projectDirectory, 'bin/headroom.ts'), ...words], {
      cwd: projectDirectory,
      env: { ...process.env, HEADROOM_STATE_DIRECTORY: stateDirectory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    createInterface(child.stdout).on('line', (line) => (this.stdout += `${line}\n`));
    createInterface(child.stderr).on('line', (line) => {
      this.stderr += `${line}\n`;
      for (const [phrase, resolve] of this.#waiting) if (this.stderr.includes(phrase)) resolve();
    });
    this.exited = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  /** Resolves once the progress says so; rejects when the process ends without it. */
  async says(phrase: string): Promise<void> {
    if (this.stderr.includes(phrase)) return;
    const said = new Promise<'said'>((resolve) => this.#waiting.set(phrase, () => resolve('said')));
    if ((await Promise.race([said, this.exited])) !== 'said') {
      throw new Error(`ended without saying "${phrase}":\n${this.stderr}`);
    }
  }
}
