import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { drills } from '../chaos/drills/index.ts';
import { profiles } from '../loadtests/runner/load.ts';
import { completionFor } from './completion.ts';
import { makeProgram } from './program.ts';
import { silentContext } from './testing/silentContext.ts';

const run = promisify(execFile);

let program: Command;
beforeAll(async () => {
  program = await makeProgram(silentContext(), () => {});
});

/** What bash offers at the end of a line, once it has read the script. */
async function offered(...words: string[]): Promise<string[]> {
  const line = ['headroom', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${completionFor('bash', program)}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _headroom; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', script]);
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  it('offers every command, and the one that is begun', async () => {
    const commands = program.commands.map((command) => command.name());
    expect((await offered('')).filter((word) => !word.startsWith('-')).sort()).toEqual([...commands].sort());
    expect(await offered('reh')).toEqual(['rehearse']);
  });

  it('offers what a command takes: arguments of a few, options, commands of its own', async () => {
    expect((await offered('load', '')).filter((word) => !word.startsWith('-'))).toEqual([...profiles]);
    expect(await offered('load', 'peak', '--rat')).toEqual(['--rate-scale']);
    expect(await offered('chaos', '')).toEqual(expect.arrayContaining(['restore', ...drills.keys()]));
    expect(await offered('chaos', 'restore', '--from')).toEqual(['--from-document']);
  });

  it('offers the values of an option that has a few, and files for any other', async () => {
    expect(await offered('load', 'peak', '--engine', '')).toEqual(['auto', 'embedded', 'k6']);
    expect(await offered('load', 'peak', '--config', 'fleet.config')).toEqual(['fleet.config.ts']);
    expect(await offered('report', 'package-l')).toEqual(['package-lock.json']);
  });
});

it.each(['zsh', 'fish'] as const)('%s is told of every command and option', (shell) => {
  const script = completionFor(shell, program);
  const every = (command: Command): Command[] => [command, ...command.commands.flatMap(every)];
  for (const command of program.commands.flatMap(every)) {
    expect(script).toContain(command.name());
    for (const { long } of command.options) expect(script).toContain(long!.replace('--', ''));
  }
  expect(script).toMatch(shell === 'zsh' ? /^#compdef headroom\n/ : /^# fish completion of headroom;/);
});

/** Shells that CI's machine lacks are asked where somebody has them. */
const isHere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

it.runIf(isHere('zsh'))('zsh completes by it', async () => {
  const script = `autoload -Uz compinit && compinit -u -D
${completionFor('zsh', program)}
setopt ksh_arrays
COMP_WORDS=(headroom load peak --engine ''); COMP_CWORD=4; _headroom; print -l -- \${COMPREPLY[@]}`;
  const { stdout } = await run('zsh', ['-f', '-c', script]);
  expect(stdout.trim().split('\n')).toEqual(['auto', 'embedded', 'k6']);
});

it.runIf(isHere('fish'))('fish completes by it', async () => {
  const script = `${completionFor('fish', program)}
complete -C 'headroom chaos restore --fo'`;
  const { stdout } = await run('fish', ['--no-config', '-c', script]);
  expect(stdout).toMatch(/^--force\talso undo /);
});

it('what zsh reads has no slice that it takes for a modifier', () => {
  expect(completionFor('zsh', program)).not.toMatch(/\$\{\w+\[@\]:\d+:[A-Z]/);
});

it('no description breaks a line of fish', () => {
  const lines = completionFor('fish', program).trim().split('\n').slice(1);
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines) {
    expect(line).toMatch(
      /^complete -c headroom -n '[^']*'( -f| -l [\w-]+| -a '[^']*'| -x| -r)+( -d '([^']|'\\'')*')?$/,
    );
  }
});
