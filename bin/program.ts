import { Command, Help } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { Context } from './context.ts';
import type { ExitCode } from './exitCodes.ts';

const exitCodeHelp = `
Exit codes: 0 passed, 99 a k6 threshold failed, 10 gate or drill failed, 11 inconclusive or invalid,
1 a bug, 2 wrong usage or configuration, or an unreadable record, 130 interrupted.`;

type MakeCommand = (context: Context, done: (code: ExitCode) => void) => Command;

interface CommandEntry {
  /** What --help says of it in its list: the first clause of its description. */
  summary: string;
  make: () => Promise<MakeCommand>;
}

/** In the order of --help. Modules are loaded with the command that needs them: CDK alone takes half a second. */
const commands: Readonly<Record<string, CommandEntry>> = {
  rehearse: {
    summary: 'everything on this machine, from start to finish',
    make: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  },
  up: {
    summary: 'run the stage "local" on this machine, from the synthesized template, until Ctrl-C',
    make: async () => (await import('./commands/up.ts')).upCommand,
  },
  status: {
    summary: 'show the stage "local" on this machine',
    make: async () => (await import('./commands/status.ts')).statusCommand,
  },
  down: {
    summary: 'stop the stage "local" on this machine, or clean up after one that was killed',
    make: async () => (await import('./commands/down.ts')).downCommand,
  },
  migrate: {
    summary: "update every system's database to the current schema, users and grants",
    make: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  load: {
    summary: 'run a load profile, or a k6 script of your own, against a stage',
    make: async () => (await import('./commands/load.ts')).loadCommand,
  },
  export: {
    summary: 'write a load for generators elsewhere, with the commands to run and collect it',
    make: async () => (await import('./commands/export.ts')).exportCommand,
  },
  collect: {
    summary: "combine the parts of a load test's instances into one record below .headroom/runs",
    make: async () => (await import('./commands/collect.ts')).collectCommand,
  },
  gate: {
    summary: 'judge a run of peak, of soak or of a script of your own',
    make: async () => (await import('./commands/gate.ts')).gateCommand,
  },
  size: {
    summary:
      "measure the API's function or the subscriber at several memory sizes under the same load, on AWS",
    make: async () => (await import('./commands/size.ts')).sizeCommand,
  },
  compare: {
    summary: 'compare two runs of one load',
    make: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  chaos: {
    summary: 'break a stage on purpose, and show that it fails well and recovers',
    make: async () => (await import('./commands/chaos.ts')).chaosCommand,
  },
  report: {
    summary: 'write a run as one HTML file with its plots, to keep or send',
    make: async () => (await import('./commands/report.ts')).reportCommand,
  },
  clean: {
    summary: "remove a stage's test rows from its tables and dead letters",
    make: async () => (await import('./commands/clean.ts')).cleanCommand,
  },
  errors: {
    summary: "list the failures that a stage's functions and probe logged, most frequent first",
    make: async () => (await import('./commands/errors.ts')).errorsCommand,
  },
  redrive: {
    summary: "send given-up and undelivered messages back to the subscriber's queue",
    make: async () => (await import('./commands/redrive.ts')).redriveCommand,
  },
  deploy: {
    summary: 'update a stage on AWS to the configuration in waves',
    make: async () => (await import('./commands/deploy.ts')).deployCommand,
  },
  plan: {
    summary: 'say what stages would need and cost',
    make: async () => (await import('./commands/plan.ts')).planCommand,
  },
  doctor: {
    summary: 'say what is still missing before a stage can be trusted',
    make: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  evidence: {
    summary: 'say whether a stage may be deployed',
    make: async () => (await import('./commands/evidence.ts')).evidenceCommand,
  },
  sweep: {
    summary: "remove what failed removals of per-run stages left in a stage's network and databases",
    make: async () => (await import('./commands/sweep.ts')).sweepCommand,
  },
  adopt: {
    summary: 'describe an existing system, for the configuration',
    make: async () => (await import('./commands/adopt.ts')).adoptCommand,
  },
  init: {
    summary: 'write a configuration with every option explained, or the skeleton of a service of your own',
    make: async () => (await import('./commands/init.ts')).initCommand,
  },
  completion: {
    summary: 'print the script that completes commands, options and their values in a shell',
    make: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  pause: {
    summary: "stop a stage's databases, and with them most of its cost",
    make: async () => (await import('./commands/pause.ts')).pauseCommand,
  },
  resume: {
    summary: "start a stage's paused databases",
    make: async () => (await import('./commands/pause.ts')).resumeCommand,
  },
};

/** Of every command, in that order. */
export const commandNames: readonly string[] = Object.keys(commands);

/**
 * The command line. `done` is told each command's exit code; errors are thrown.
 * @param words what stands behind the program's name: of commands that it does not name there is the name and the
 *   summary alone. Left out: every command is whole.
 */
export async function makeProgram(
  context: Context,
  done: (code: ExitCode) => void,
  words?: readonly string[],
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
  const named = words?.find((word) => Object.hasOwn(commands, word));
  for (const [name, { summary, make }] of Object.entries(commands)) {
    const whole = !words || name === named;
    const command = whole ? withCommonOptions((await make())(context, done)) : new Command(name);
    program.addCommand(command.summary(summary).exitOverride());
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
