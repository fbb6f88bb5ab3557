import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { chaosCommand } from './commands/chaos.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { errorsCommand } from './commands/errors.ts';
import { evidenceCommand } from './commands/evidence.ts';
import { gateCommand } from './commands/gate.ts';
import { loadCommand } from './commands/load.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { planCommand } from './commands/plan.ts';
import { redriveCommand } from './commands/redrive.ts';
import { rehearseCommand } from './commands/rehearse.ts';
import { reportCommand } from './commands/report.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exitCodes.ts';

const exitCodeHelp = `
Exit codes: 0 passed, 99 a k6 threshold failed, 10 gate or drill failed, 11 inconclusive or invalid,
1 a bug, 2 wrong usage or configuration, 130 interrupted.`;

/** The command line. `done` is told each command's exit code; errors are thrown. */
export function makeProgram(context: Context, done: (code: ExitCode) => void): Command {
  const program = new Command('headroom')
    .description('Does every system keep 20 % in reserve, and will someone be told before it does not?')
    .version(packageJson.version, '--version', 'say which version this is')
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', exitCodeHelp)
    // Options belong to the command that they stand behind, also where a command has commands of its own.
    .enablePositionalOptions();
  for (const make of [
    rehearseCommand,
    upCommand,
    statusCommand,
    downCommand,
    migrateCommand,
    loadCommand,
    gateCommand,
    chaosCommand,
    reportCommand,
    errorsCommand,
    redriveCommand,
    planCommand,
    doctorCommand,
    evidenceCommand,
    pauseCommand,
    resumeCommand,
  ]) {
    program.addCommand(make(context, done).exitOverride());
  }
  return program.exitOverride();
}
