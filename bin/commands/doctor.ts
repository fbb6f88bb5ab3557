import { Command } from 'commander';
import { styleText } from 'node:util';
import { defaultConfig, type Context } from '../context.ts';
import type { Finding } from '../../operations/doctor/check.ts';
import { hashRelease } from '../../infra/release.ts';
import { examine } from '../../operations/doctor/doctor.ts';
import { exitCodeOfFindings } from '../exitCodeOf.ts';
import type { ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption } from '../options.ts';
import { reachStage } from '../target.ts';

interface DoctorCommandOptions {
  config: string;
  stage: string;
  beforeDeployment: boolean;
  json: boolean;
}

export function doctorCommand({ clock, signal, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('doctor')
    .description('say what is still missing before a stage can be trusted; changes nothing')
    .addOption(configOption())
    .addOption(stageOption())
    .option('--before-deployment', 'leave out what the deployment itself will bring', false)
    .addOption(jsonOption())
    .action(async ({ config, stage, json, beforeDeployment }: DoctorCommandOptions) => {
      const reached = await reachStage({ config, stage });
      const path = process.env['PATH'] ?? '';
      const release = await hashRelease(reached.fleet.service);
      const findings = await examine({
        ...reached,
        config: config === defaultConfig ? null : config,
        release,
        path,
        clock,
        signal,
        beforeDeployment,
      });
      output.answer(
        json
          ? JSON.stringify(findings)
          : findings.map((finding) => inWords(finding, output.color)).join('\n'),
      );
      done(exitCodeOfFindings(findings));
    });
}

const signs = {
  ok: { sign: '✓', color: 'green' },
  missing: { sign: '✗', color: 'red' },
  unknown: { sign: '?', color: 'yellow' },
  later: { sign: '·', color: 'dim' },
} as const;

function inWords({ check, state, text }: Finding, color: boolean): string {
  const { sign, color: style } = signs[state];
  const painted = color ? styleText(style, sign, { validateStream: false }) : sign;
  return `${painted} ${`${check}:`.padEnd(10)} ${text}`;
}
