import { Argument, Command } from 'commander';
import { formatDrill } from '../../chaos/formatDrill.ts';
import { drills } from '../../chaos/drills/index.ts';
import { restoreFromJournals } from '../../chaos/restore.ts';
import { UsageError } from '../../operations/errors.ts';
import { newRunDirectory, runsDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption, systemOption } from '../options.ts';
import { reportRun } from '../report.ts';
import { reachStage, reachSystems } from '../target.ts';
import { exitCodeOfDrill } from '../exitCodeOf.ts';
import { drillStage } from '../../operations/drillStage.ts';

interface DrillCommandOptions {
  config: string;
  stage: string;
  system: string[];
  confirmProd?: string;
  json: boolean;
}

export function chaosCommand(context: Context, done: (code: ExitCode) => void): Command {
  const chaos = new Command('chaos')
    .description('break a stage on purpose, and show that it fails well and recovers')
    // Or it would take the options that stand behind "restore" for its own.
    .enablePositionalOptions()
    .addArgument(new Argument('<drill>', 'what to break').choices([...drills.keys()]))
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--confirm-prod <stage>', "the stage's name once more, to break production")
    .addOption(jsonOption())
    .action(async (name: string, options: DrillCommandOptions) => {
      const target = await reachSystems(options);
      const directory = newRunDirectory(context.clock, name);
      const result = await drillStage(context, target, name, directory, options.confirmProd);
      context.output.answer(
        options.json ? JSON.stringify(result) : formatDrill(result, { color: context.output.color }),
      );
      context.output.progress(`record: ${directory}`);
      await reportRun(context.output, directory);
      done(exitCodeOfDrill(result));
    });
  chaos.addCommand(restoreCommand(context, done));
  return chaos;
}

function restoreCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('restore')
    .description('undo what a drill left whose process died; safe to repeat')
    .addOption(configOption())
    .addOption(stageOption())
    .action(async (options: { config: string; stage: string }) => {
      const { clients } = (await reachStage(options)).connection;
      const restored = await restoreFromJournals({
        directory: runsDirectory,
        stage: options.stage,
        clients,
        clock,
        onProgress: output.progress,
      });
      for (const { path, undone, problems } of restored) {
        for (const step of undone) output.answer(`undone: ${step} (${path})`);
        for (const problem of problems) output.answer(`STILL TO BE UNDONE: ${problem} (${path})`);
      }
      if (restored.length === 0) output.answer('nothing to undo');
      done(restored.some(({ problems }) => problems.length > 0) ? exitCodes.failed : exitCodes.passed);
      // After all that could be undone is.
      const unreadable = restored.flatMap((journal) => journal.unreadable?.message ?? []);
      if (unreadable.length > 0) {
        throw new UsageError(
          `what these journals hold and nobody can read may still be in place; look at the stage:\n` +
            unreadable.join('\n'),
        );
      }
    });
}
