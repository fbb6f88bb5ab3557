import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guardChild } from '../../core/process/childGuard.ts';
import { CdkError } from '../errors.ts';

/** Stacks that are brought to the configuration together. */
export interface StackDeployment {
  stacks: readonly string[];
  /** ARNs of the alarms of metrics that take the update back; five at most. None: nothing does. */
  watchedBy: readonly string[];
  /** For which they are watched once the update is through. */
  quietMinutes: number;
}

/** The command line of CDK, as the project has it. */
export interface Cdk {
  /** What it is started with: the executable and its script. */
  command: readonly [string, ...string[]];
  /** The project, where `cdk.json` is. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  /** What it says is kept there, a file for each start. */
  logDirectory: string;
  signal: AbortSignal;
}

/**
 * Writes the templates and the functions' code of a stage.
 * @param config path of the fleet's configuration
 * @throws CdkError with what it says
 */
export async function synthesizeWithCdk(
  cdk: Cdk,
  { stage, config }: { stage: string; config: string },
  outputDirectory: string,
): Promise<void> {
  const staged = { ...cdk, env: { ...cdk.env, HEADROOM_STAGE: stage, HEADROOM_CONFIG: config } };
  const { code, lastLines } = await run(staged, 'synth', ['synth', '--quiet', '--output', outputDirectory]);
  if (code !== 0) throw new CdkError('synth', lastLines);
}

/**
 * Deploys stacks of an assembly and nothing they depend on. The alarms replace those that CloudFormation kept of
 * the stack's last update, also where there are none: they would watch this one too.
 * @returns what CDK said last when it failed; null when the stacks are as the templates say
 */
export async function deployWithCdk(
  cdk: Cdk,
  assemblyDirectory: string,
  { stacks, watchedBy, quietMinutes }: StackDeployment,
): Promise<string | null> {
  const triggers = watchedBy.length > 0 ? watchedBy : ['none'];
  const { code, lastLines } = await run(cdk, stacks[0] ?? 'nothing', [
    'deploy',
    ...stacks,
    '--app',
    assemblyDirectory,
    '--exclusively',
    '--require-approval',
    'never',
    '--progress',
    'events',
    ...triggers.flatMap((arn) => ['--rollback-trigger-alarm-arns', arn]),
    ...(watchedBy.length > 0 ? ['--monitoring-time-minutes', String(quietMinutes)] : []),
  ]);
  return code === 0 ? null : lastLines.join('\n');
}

const linesKept = 8;

async function run(
  { command: [executable, ...script], directory, env, logDirectory, signal }: Cdk,
  name: string,
  parameters: readonly string[],
): Promise<{ code: number | null; lastLines: string[] }> {
  signal.throwIfAborted();
  await mkdir(logDirectory, { recursive: true });
  const log = createWriteStream(join(logDirectory, `${name}.log`), { flags: 'a' });
  const child = spawn(executable, [...script, ...parameters], {
    cwd: directory,
    env,
    // A group of its own: a terminal's Ctrl-C reaches it once, through us.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const guard = child.pid === undefined ? undefined : guardChild(child.pid, 'TERM');
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (line.trim() === '') return;
      lastLines.push(line);
      if (lastLines.length > linesKept) lastLines.shift();
    });
  }
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(new CdkError(name, [error.message], { cause: error })));
      child.once('close', (ended) => resolve(ended));
    });
    signal.throwIfAborted();
    return { code, lastLines };
  } finally {
    guard?.release();
    signal.removeEventListener('abort', stop);
    log.end();
  }
}
