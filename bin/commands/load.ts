import { Argument, Command } from 'commander';
import { stageOf } from '../../infra/fleet.ts';
import { profileNamed, profiles } from '../../loadtests/runner/load.ts';
import { summaryLines } from '../../loadtests/runner/summary.ts';
import { connect } from '../connection.ts';
import { newRunDirectory, readFleet, stateDirectory, type Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { ExitCode } from '../exitCodes.ts';
import {
  configOption,
  engineOption,
  factor,
  holdOption,
  jsonOption,
  rampOption,
  stageOption,
  systemOption,
  type EngineName,
} from '../options.ts';
import { reportStep } from '../report.ts';
import { codeOfRun, findSystems, loadStep } from '../steps.ts';

interface LoadCommandOptions {
  config: string;
  stage: string;
  system: string[];
  engine: EngineName;
  ramp: number;
  hold: number;
  rateScale: number;
  json: boolean;
}

/** @throws UsageError for an option that a profile without a rate would ignore. */
function refuseRates(profile: string, command: Command): void {
  const given = ['ramp', 'hold', 'rateScale'].filter((name) => command.getOptionValueSource(name) === 'cli');
  if (given.length === 0) return;
  const flags = command.options.filter((option) => given.includes(option.attributeName()));
  throw new UsageError(
    `${profile} sends each request once, at no rate: leave out ${flags.map(({ long }) => long).join(', ')}, or ` +
      `run ${profiles.filter((name) => profileNamed(name).paced).join(' or ')}.`,
  );
}

export function loadCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('load')
    .description('run a load profile against a stage; the record is written below .headroom/runs')
    .addArgument(new Argument('<profile>', 'what load').choices(profiles))
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .addOption(engineOption())
    .addOption(rampOption())
    .addOption(holdOption())
    .option('--rate-scale <factor>', 'multiplies every rate of a profile that has rates', factor, 1)
    .addOption(jsonOption())
    .action(async (profile: string, options: LoadCommandOptions, command: Command) => {
      if (!profileNamed(profile).paced) refuseRates(profile, command);
      const { fleet, configurationHash } = await readFleet(options.config);
      stageOf(fleet, options.stage);
      const connection = await connect({ stage: options.stage, region: fleet.region, stateDirectory });
      const systems = await findSystems(connection.clients, options.stage, options.system);
      const directory = newRunDirectory(context.clock, profile);
      const run = await loadStep(
        context,
        { stage: options.stage, fleet, configurationHash, connection, systems },
        {
          profile,
          engine: options.engine,
          rampSeconds: options.ramp,
          holdSeconds: options.hold,
          rateScale: options.rateScale,
        },
        directory,
      );
      context.output.answer(options.json ? JSON.stringify(run) : summaryLines(run).join('\n'));
      context.output.progress(`record: ${directory}/run.json`);
      await reportStep(context.output, directory);
      done(codeOfRun(run));
    });
}
