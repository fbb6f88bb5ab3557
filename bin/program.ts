import { Command, Help } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { Context } from './context.ts';
import type { ExitCode } from './exitCodes.ts';

const exitCodeHelp = `
Exit codes: 0 passed, 99 a k6 threshold failed, 10 gate or drill failed, 11 inconclusive or invalid,
1 a bug, 2 wrong usage or configuration, or an unreadable record, 130 interrupted.`;

type MakeCommand = (context: Context, done: (code: ExitCode) => void) => Command;

/** In the order of --help. Modules are loaded with the command that needs them: CDK alone takes half a second. */
const commands: ReadonlyMap<string, () => Promise<MakeCommand>> = new Map([
  ['rehearse', async () => (await import('./commands/rehearse.ts')).rehearseCommand],
  ['up', async () => (await import('./commands/up.ts')).upCommand],
  ['status', async () => (await import('./commands/status.ts')).statusCommand],
  ['down', async () => (await import('./commands/down.ts')).downCommand],
  ['migrate', async () => (await import('./commands/migrate.ts')).migrateCommand],
  ['load', async () => (await import('./commands/load.ts')).loadCommand],
  ['export', async () => (await import('./commands/export.ts')).exportCommand],
  ['collect', async () => (await import('./commands/collect.ts')).collectCommand],
  ['gate', async () => (await import('./commands/gate.ts')).gateCommand],
  ['size', async () => (await import('./commands/size.ts')).sizeCommand],
  ['compare', async () => (await import('./commands/compare.ts')).compareCommand],
  ['chaos', async () => (await import('./commands/chaos.ts')).chaosCommand],
  ['report', async () => (await import('./commands/report.ts')).reportCommand],
  ['clean', async () => (await import('./commands/clean.ts')).cleanCommand],
  ['errors', async () => (await import('./commands/errors.ts')).errorsCommand],
  ['redrive', async () => (await import('./commands/redrive.ts')).redriveCommand],
  ['deploy', async () => (await import('./commands/deploy.ts')).deployCommand],
  ['plan', async () => (await import('./commands/plan.ts')).planCommand],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctorCommand],
  ['evidence', async () => (await import('./commands/evidence.ts')).evidenceCommand],
  ['sweep', async () => (await import('./commands/sweep.ts')).sweepCommand],
  ['adopt', async () => (await import('./commands/adopt.ts')).adoptCommand],
  ['init', async () => (await import('./commands/init.ts')).initCommand],
  ['completion', async () => (await import('./commands/completion.ts')).completionCommand],
  ['pause', async () => (await import('./commands/pause.ts')).pauseCommand],
  ['resume', async () => (await import('./commands/pause.ts')).resumeCommand],
]);

/** Of every command, in that order. */
export const commandNames: readonly string[] = [...commands.keys()];

/**
 * The command line. `done` is told each command's exit code; errors are thrown.
 * @param words what stands behind the program's name: when the first is a command, it has this one alone
 */
export async function makeProgram(
  context: Context,
  done: (code: ExitCode) => void,
  words: readonly string[],
): Promise<Command> {
  const program = new Command('headroom')
    .description('Does every system keep 20 % in reserve, and will someone be told before it does not?')
    .version(packageJson.version, '--version', 'print the version')
    .showHelpAfterError('(--help shows how)')
    .addHelpText('after', `\nheadroom COMMAND --help explains a command and its options.\n${exitCodeHelp}`)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    // Options belong to the command that they stand behind, also where a command has commands of its own.
    .enablePositionalOptions()
    .hook('preAction', (_program, command) => {
      if (command.opts<{ quiet?: true }>().quiet) context.output.silence();
    });
  const named = commands.get(words[0] ?? '');
  for (const load of named ? [named] : commands.values()) {
    const make = await load();
    program.addCommand(withCommonOptions(make(context, done)).exitOverride());
  }
  return program.exitOverride();
}

/**
 * What every command has: it can do without progress, its help does not say that a flag left out is not set, and in a
 * list it is told by the first clause of its description.
 */
function withCommonOptions(command: Command): Command {
  for (const each of command.commands) withCommonOptions(each);
  command.summary(command.description().split(/[:;.?] /)[0] ?? '');
  const help = new Help();
  command.configureHelp({
    optionDescription: (option) => help.optionDescription(option).replace(/ ?\(default: false\)$/, ''),
  });
  return command.option('--quiet', 'print no progress, only the answer and errors');
}
