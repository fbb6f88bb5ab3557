import { Command, InvalidArgumentError, Option } from 'commander';
import { formatSize } from '../../operations/size/formatSize.ts';
import type { Role } from '../../operations/size/measuredFunction.ts';
import { measureSizes } from '../../operations/size/measureSizes.ts';
import { UsageError } from '../../operations/errors.ts';
import { limits } from '../../monitoring/limits.ts';
import { newRunDirectory, readFleet, type Context } from '../context.ts';
import { exitCodeOfSize } from '../exitCodeOf.ts';
import type { ExitCode } from '../exitCodes.ts';
import { isProduction } from '../../fleet/provingStage.ts';
import { configOption, factor, jsonOption, keepDataOption, stageOption, wholeNumber } from '../options.ts';
import { reachPublished } from '../target.ts';

interface SizeCommandOptions {
  config: string;
  stage: string;
  system?: string;
  function: Role;
  memory?: number[];
  rate?: number;
  hold?: number;
  batch?: number;
  keepData: boolean;
  confirmProd?: string;
  json: boolean;
}

/** Parses `128,256,512`, for an option's value: sizes that Lambda takes. */
const sizesMiB = (text: string): number[] => {
  const sizes = text.split(',').map(wholeNumber(128, 10_240));
  if (new Set(sizes).size === sizes.length) return sizes;
  throw new InvalidArgumentError('expected every size once.');
};

/** @throws UsageError before anything is asked or touched, where sizes cannot be measured */
function refuseLocal(isLocal: boolean): void {
  if (!isLocal) return;
  throw new UsageError(
    "on this machine a function's memory is only a limit and brings no CPU with it as on AWS: whether a larger size is " +
      'faster or dearer cannot be measured here. Measure on AWS: headroom size --stage qa.',
  );
}

/** @throws UsageError for an option that the API's measurement would ignore */
function refuseIgnored({ function: measured, batch, keepData }: SizeCommandOptions): void {
  if (measured === 'subscriber') return;
  const ignored = [batch !== undefined && '--batch', keepData && '--keep-data'].filter(
    (one) => one !== false,
  );
  if (ignored.length === 0) return;
  throw new UsageError(
    `the API is sent requests, which store nothing: leave out ${ignored.join(', ')}, or measure --function subscriber.`,
  );
}

const servedMeanwhile = {
  api: 'callers of the API are served',
  subscriber: 'its messages are stored',
} as const satisfies Record<Role, string>;

export function sizeCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('size')
    .description(
      "measure the API's function or the subscriber at several memory sizes under the same load, on AWS: which is " +
        'cheapest, which fastest, and which keeps 20 % in reserve',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .option('--system <name>', 'the system to measure (default: the first; all have the same sizes)')
    .addOption(
      new Option('--function <role>', 'which of its functions').choices(['api', 'subscriber']).default('api'),
    )
    .option('--memory <sizes>', 'in MiB, such as 256,512,1024; the present size is always included', sizesMiB)
    .option(
      '--rate <calls>',
      'calls a second, for all sizes together (default: the expected peak, of requests or of batches)',
      factor,
    )
    .option(
      '--hold <seconds>',
      `how long the load lasts (default: ${limits.size.holdSeconds}, or as long as enough calls of each size take)`,
      wholeNumber(1, limits.size.longestHoldSeconds),
    )
    .option(
      '--batch <messages>',
      "messages of each of the subscriber's batches (default: what a batching window of the expected peak brings)",
      wholeNumber(1, 10_000),
    )
    .addOption(keepDataOption())
    .option('--confirm-prod <stage>', "the stage's name again, to measure production")
    .addOption(jsonOption())
    .action(async (options: SizeCommandOptions) => {
      const { stage, system, memory, rate, hold, batch, keepData, confirmProd, json } = options;
      refuseLocal(stage === 'local');
      refuseIgnored(options);
      const { fleet } = await readFleet(options.config);
      if (isProduction(fleet.stages, stage) && confirmProd !== stage) {
        throw new UsageError(
          `while a size is being published, ${servedMeanwhile[options.function]} with its memory: for stage "${stage}" name ` +
            'it again with --confirm-prod, or measure another one.',
        );
      }
      const target = await reachPublished({ ...options, system: system === undefined ? [] : [system] });
      refuseLocal(target.connection.place === 'local');
      // All that are built here have the same sizes; an adopted one has its own.
      const measured = target.systems.find(({ adopted }) => !adopted) ?? target.systems[0];
      if (!measured) throw new UsageError(`stage "${stage}" has no system.`);
      const directory = newRunDirectory(context.clock, 'size');
      const record = await measureSizes(
        context,
        target,
        {
          system: measured,
          function: options.function,
          sizesMiB: memory,
          callsPerSecond: rate,
          durationMs: hold === undefined ? undefined : hold * 1_000,
          batch,
          keepData,
        },
        directory,
      );
      const { output } = context;
      output.answer(json ? JSON.stringify(record) : formatSize(record, output.width));
      output.progress(`record: ${directory}/size.json`);
      done(exitCodeOfSize(record));
    });
}
