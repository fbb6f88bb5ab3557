import { Command } from 'commander';
import { basename, dirname, resolve } from 'node:path';
import { runsDirectory, type Context } from '../context.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { newestRun } from '../../records/newestRun.ts';
import { writeReport } from '../../console/writeReport.ts';

export function reportCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('report')
    .description(
      'write a run as one HTML file with its plots, to keep or send; load, gate, chaos and rehearse do so by ' +
        'themselves',
    )
    .argument('[run]', "a run's folder, or a file in it (default: the newest run)")
    .action(async (path: string | undefined) => {
      const directory = path === undefined ? await newestRun(runsDirectory) : folderOf(resolve(path));
      if (directory === undefined) {
        throw new UsageError(
          'there is no run to report; run "headroom load PROFILE" first, or name a folder.',
        );
      }
      const written = await writeReport(directory, runsDirectory);
      if (written === null) {
        throw new UsageError(
          `${directory} holds no record of a run: expected a folder with run.json, drill.json, or parts with them.`,
        );
      }
      output.answer(written);
      done(exitCodes.passed);
    });
}

const folderOf = (path: string): string => (/\.jsonl?$/.test(basename(path)) ? dirname(path) : path);
