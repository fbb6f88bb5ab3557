import { Command } from 'commander';
import type { SystemDocumentError } from '../../fleet/errors.ts';
import { SystemsFailedError } from '../../operations/errors.ts';
import { failureKinds } from '../../operations/failureKinds.ts';
import { loggedErrors, probeLogGroupOf, type LoggedError } from '../../operations/loggedErrors.ts';
import type { Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption, systemOption, wholeNumber } from '../options.ts';
import { reachPublished } from '../target.ts';

interface ErrorsOptions {
  config: string;
  stage: string;
  system: string[];
  since: number;
  json: boolean;
}

/** The longest time that logs are kept for, in minutes. */
const longestMinutes = 30 * 24 * 60;

export function errorsCommand({ clock, signal, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('errors')
    .description("list the failures that a stage's functions and probe logged, most frequent first")
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--since <minutes>', 'how far back to look', wholeNumber(1, longestMinutes), 60)
    .addOption(jsonOption())
    .action(async ({ config, stage, system, since, json }: ErrorsOptions) => {
      const failed: { system: string; error: unknown }[] = [];
      const onUnreadable = (error: SystemDocumentError): unknown =>
        failed.push({ system: error.system, error });
      const { connection, systems, fleet } = await reachPublished({ config, stage, system, onUnreadable });
      const endMs = clock.now();
      const window = { startMs: endMs - since * 60_000, endMs };
      const { errors, unasked, notes } = await loggedErrors({
        client: connection.clients.logs,
        systems,
        probeLogGroup: probeLogGroupOf(fleet, stage),
        window,
        clock,
        signal,
      });
      if (json) for (const note of notes) output.progress(`note: ${note}`);
      output.answer(
        json
          ? JSON.stringify(errors)
          : [
              formatErrors(errors, systems.length, since),
              ...notes.map((note) => `  not known: ${note}.`),
            ].join('\n'),
      );
      const all = systems.length + failed.length;
      failed.push(...unasked);
      if (failed.length > 0) throw new SystemsFailedError(failed, all);
      done(exitCodes.passed);
    });
}

/** One line a kind of failure, all systems together, with the one that had most. */
function formatErrors(errors: readonly LoggedError[], systems: number, minutes: number): string {
  const where = `${systems === 1 ? 'the system' : `the ${systems} systems`} in the last ${minutes} min`;
  if (errors.length === 0) return `No failure was found in the logs of ${where}.`;
  const rows = failureKinds(errors).map((kind) => [
    String(kind.count),
    kind.level,
    kind.errorCode,
    kind.service,
    `${kind.systems} of ${systems}, most ${kind.most}`,
    kind.cause,
  ]);
  const table = [['Count', 'Level', 'Error', 'Function', 'Systems', 'Cause'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return [
    `Failures logged by ${where}:`,
    '',
    ...table.map((row) =>
      row
        .map((text, column) => (column === 0 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n');
}
