import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { systemClock } from '../service/clock.ts';
import { makeProgram } from './program.ts';

/** The command that a line runs, and the options that it gets; nothing is done. */
async function parsed(...line: string[]): Promise<[string, Record<string, unknown>]> {
  const output = { color: false, width: 80, answer: () => {}, progress: () => {}, heading: () => {} };
  const signal = new AbortController().signal;
  const program = makeProgram({ clock: systemClock, random: () => 0, signal, output }, () => {});
  const ran: Command[] = [];
  const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
  for (const command of program.commands.flatMap(everyCommand)) command.action(() => void ran.push(command));
  await program.parseAsync(line, { from: 'user' });
  return [ran[0]!.name(), ran[0]!.opts()];
}

it('gives each command the options that stand behind it', async () => {
  expect(await parsed('chaos', 'restore', '--stage', 'qa')).toMatchObject(['restore', { stage: 'qa' }]);
  expect(await parsed('chaos', 'restore')).toMatchObject(['restore', { stage: 'local' }]);
  expect(await parsed('chaos', 'revoke-db-ingress', '--stage', 'qa', '--json')).toMatchObject([
    'chaos',
    { stage: 'qa', json: true },
  ]);
  expect(await parsed('load', 'peak', '--stage', 'qa')).toMatchObject(['load', { stage: 'qa' }]);
});
