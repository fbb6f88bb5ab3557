import { basename } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { exportEngines, type ExportEngine } from '../../loadtests/export/writeExport.ts';
import { profileNamed, profiles, profilesThat } from '../../loadtests/runner/load.ts';
import { exportStage } from '../../operations/exportStage.ts';
import { newRunDirectory, readFleet, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import {
  configOption,
  factor,
  holdOption,
  rampOption,
  stageOption,
  systemOption,
  wholeNumber,
} from '../options.ts';
import { planLoad } from '../planLoad.ts';
import { reachSystems } from '../target.ts';

interface ExportCommandOptions {
  config: string;
  stage: string;
  system: string[];
  for: ExportEngine;
  out: string;
  instances?: number;
  ramp?: number;
  hold?: number;
  rateScale?: number;
  unjudged: boolean;
}

/** Those with a hold that several instances share. */
const exportable = profilesThat(({ paced, sharable }) => paced?.hasHold === true && sharable);

/** A service's own profiles are taken beside those that a shell completes. */
const exportArgument = (): Argument =>
  new Argument('<profile>', 'which load').choices(exportable).argParser((text: string) => {
    if (exportable.includes(text) || !profiles.includes(text)) return text;
    throw new InvalidArgumentError(`Allowed choices are ${exportable.join(', ')}.`);
  });

export function exportCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('export')
    .description('write a load for generators elsewhere, with the commands to run and collect it')
    .addArgument(exportArgument())
    .addOption(
      new Option('--for <engine>', 'the k6-operator, Distributed Load Testing on AWS, or plain shells')
        .choices(Object.keys(exportEngines))
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'the folder to write')
    .option(
      '--instances <n>',
      'how many share the load (default: as many as it needs)',
      wholeNumber(1, 1_000),
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .addOption(rampOption('time until the rate is reached; for a spike also the way back'))
    .addOption(holdOption('time at that rate'))
    .option('--rate-scale <factor>', 'that rate, as a multiple of the expected peak', factor)
    .option('--unjudged', 'allow a load too short to be judged', false)
    .action(async (profile: string, options: ExportCommandOptions) => {
      const { service } = (await readFleet(options.config)).fleet;
      const { shape } = await planLoad(profileNamed(profile, service.profiles), options);
      const target = await reachSystems(options);
      const { file, neededInstances } = await exportStage(context, target, {
        ...shape,
        profile,
        rateScale: options.rateScale,
        engine: options.for,
        instances: options.instances,
        runId: basename(newRunDirectory(context.clock, profile)),
        directory: options.out,
      });
      if (file.instances < neededInstances) {
        context.output.progress(
          `note: this load needs ${neededInstances} instances of one core, and has ${file.instances}`,
        );
      }
      context.output.answer(`run ${file.runId}, for ${file.instances} instances: ${options.out}/README.md`);
      done(exitCodes.passed);
    });
}
