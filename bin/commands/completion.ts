import { Argument, Command } from 'commander';
import { completionFor, shells, type Shell } from '../completion.ts';
import type { Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { makeProgram } from '../program.ts';

export function completionCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('completion')
    .description('print the script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
bash, in ~/.bashrc:                  eval "$(headroom completion bash)"
zsh, in ~/.zshrc after compinit:     eval "$(headroom completion zsh)"
fish, once:                          headroom completion fish > ~/.config/fish/completions/headroom.fish`,
    )
    .action(async (shell: Shell) => {
      context.output.answer(completionFor(shell, await makeProgram(context, done)));
      done(exitCodes.passed);
    });
}
