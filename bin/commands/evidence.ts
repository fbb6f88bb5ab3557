import { Command } from 'commander';
import { hashRelease } from '../../infra/release.ts';
import { askEvidence } from '../../operations/evidence/askEvidence.ts';
import type { Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption } from '../options.ts';
import { reachStage } from '../target.ts';

export function evidenceCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('evidence')
    .description(
      'say whether a stage may be deployed: only after a pass on the stage that proves its peak, on AWS, recent, with this code, ' +
        'configuration and limits, on every system',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(jsonOption())
    .action(async ({ config, stage, json }: { config: string; stage: string; json: boolean }) => {
      const reached = await reachStage({ config, stage });
      const { by, evidence, against } = await askEvidence({
        ...reached,
        release: await hashRelease(reached.fleet.service),
        clock,
      });
      const text =
        against.length === 0
          ? `the verdict of ${by} (${evidence?.runId}) authorises a deployment of ${stage}`
          : against
              .map((objection) => `the verdict of ${by} does not authorise a deployment: ${objection}`)
              .join('\n');
      output.answer(json ? JSON.stringify({ evidence, objections: against }) : text);
      done(against.length === 0 ? exitCodes.passed : exitCodes.failed);
    });
}
