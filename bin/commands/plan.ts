import { Command, InvalidArgumentError } from 'commander';
import { ownSystems, stageOf, withSystems } from '../../fleet/fleet.ts';
import { formatPlan } from '../../infra/plan/formatPlan.ts';
import { planFleet, plannedStages } from '../../infra/plan/planFleet.ts';
import { readFleet, type Context } from '../context.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodeOfPlan } from '../exitCodeOf.ts';
import { strongest, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, wholeNumber } from '../options.ts';

interface PlanCommandOptions {
  config: string;
  stage?: string;
  systems?: number;
  loadShare: number;
  json: boolean;
}

export function planCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('plan')
    .description(
      'say what stages would need and cost: connections, quotas, the month by item. It counts what is built here, not adopted systems; makes no AWS calls',
    )
    .addOption(configOption())
    .option('--stage <stage>', 'one stage (default: every stage on AWS with databases of its own)')
    .option(
      '--systems <count>',
      'how many systems (default: those of the configuration)',
      wholeNumber(1, 200),
    )
    .option('--load-share <share>', 'mean load over the month, as a share of the expected peak', share, 1)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      "\nExits with 10 if AWS's default quotas or the connection budget would be exceeded.",
    )
    .action(async (options: PlanCommandOptions) => {
      const configured = (await readFleet(options.config)).fleet;
      const fleet = options.systems === undefined ? configured : withSystems(configured, options.systems);
      if (ownSystems(fleet).length === 0) {
        throw new UsageError(
          'every system is adopted, and plan only counts and prices what is built here: add a system without "adopt" to see what one would cost.',
        );
      }
      const stages = plannedStages(fleet);
      if (options.stage !== undefined) stageOf(fleet, options.stage);
      const asked = options.stage === undefined ? stages : [options.stage];
      const unplanned = asked.find((stage) => !stages.includes(stage));
      if (unplanned !== undefined) {
        throw new UsageError(
          `stage "${unplanned}" has no databases of its own on AWS to plan; expected one of ${stages.join(', ')}.`,
        );
      }
      const plans = await planFleet(fleet, asked, options.loadShare);
      output.answer(options.json ? JSON.stringify(plans) : plans.map(formatPlan).join('\n\n\n'));
      done(strongest(plans.map(exitCodeOfPlan)));
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a share from 0 to 1.');
}
