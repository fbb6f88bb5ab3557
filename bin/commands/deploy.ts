import { Command } from 'commander';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { ownSystems, stageOf } from '../../fleet/fleet.ts';
import { stackNames } from '../../fleet/names.ts';
import { connect } from '../../operations/connection.ts';
import { UsageError } from '../../operations/errors.ts';
import { stacksOfAssembly } from '../../operations/rollout/assemblyStacks.ts';
import { synthesizeWithCdk, type Cdk } from '../../operations/rollout/deployStack.ts';
import { rollOut, type RolloutAnswer } from '../../operations/rollout/rollOut.ts';
import { rolloutSteps } from '../../operations/rollout/rolloutSteps.ts';
import { newDeploymentDirectory, newRunDirectory, readFleet, type Context } from '../context.ts';
import { projectDirectory, stateDirectory } from '../directories.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, systemOption } from '../options.ts';

interface DeployCommandOptions {
  config: string;
  stage: string;
  system: string[];
  atOnce: boolean;
  json: boolean;
}

export function deployCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('deploy')
    .description(
      'update a stage on AWS to the configuration in waves: one system, a tenth, the rest, each watched, and rolled ' +
        'back by its alarms. Safe to repeat',
    )
    .addOption(configOption())
    .requiredOption('--stage <stage>', 'a stage of fleet.config.ts with databases of its own')
    .addOption(systemOption())
    .option('--at-once', 'repair a stage while alarms are firing: one wave, which no alarm rolls back', false)
    .addOption(jsonOption())
    .action(async (options: DeployCommandOptions) => {
      const { clock, signal, output } = context;
      const { stage, system: names, atOnce } = options;
      const { fleet, configurationHash } = await readFleet(options.config);
      const { runsOn } = stageOf(fleet, stage);
      if (stage === 'local') throw new UsageError('the stage on this machine is started by "headroom up".');
      if (runsOn)
        throw new UsageError(
          `stage "${stage}" belongs to a single run, so it needs no waves: HEADROOM_STAGE=${stage} npx cdk deploy "${stage}-*"`,
        );
      // An adopted system's stack watches it and changes nothing of it: it comes with what systems share.
      const systems = ownSystems(fleet).map(({ name }) => name);
      const unknown = names.find((name) => !systems.includes(name));
      if (unknown !== undefined) {
        throw new UsageError(
          `no system "${unknown}" in the configuration; expected one of ${systems.join(', ')}`,
        );
      }
      const connection = await connect({ stage, region: fleet.region, stateDirectory });
      const directory = newDeploymentDirectory(clock, stage);
      const cdk: Cdk = {
        command: [process.execPath, createRequire(import.meta.url).resolve('aws-cdk/bin/cdk')],
        directory: projectDirectory,
        env: process.env,
        logDirectory: directory,
        signal,
      };
      const assemblyDirectory = join(directory, 'cdk.out');
      output.progress(`cdk's output: ${directory}`);
      await synthesizeWithCdk(cdk, { stage, config: resolve(options.config) }, assemblyDirectory);
      const { system: stackOf } = stackNames(stage);
      const ofSystems = new Set(systems.map(stackOf));
      const stacks = await stacksOfAssembly(assemblyDirectory);
      const answer = await rollOut({
        stage,
        systems: names.length === 0 ? systems : systems.filter((system) => names.includes(system)),
        // Not the account's own, which the stage's roles may not touch.
        sharedStacks: stacks.filter((stack) => stack.startsWith(`${stage}-`) && !ofSystems.has(stack)),
        stackOf,
        atOnce,
        steps: rolloutSteps({
          context,
          stage,
          fleet,
          configurationHash,
          connection,
          cdk,
          assemblyDirectory,
          newRunDirectory: () => newRunDirectory(clock, 'smoke'),
        }),
        signal,
        onProgress: output.progress,
      });
      output.answer(options.json ? JSON.stringify(answer) : inWords(stage, answer));
      done(isWhole(answer) ? exitCodes.passed : exitCodes.failed);
    });
}

const isWhole = ({ failed, leftOut, stopped }: RolloutAnswer): boolean =>
  stopped === null && failed.length === 0 && leftOut.length === 0;

function inWords(stage: string, { deployed, failed, leftOut, stopped }: RolloutAnswer): string {
  return [
    `${stage}: ${deployed.length} ${deployed.length === 1 ? 'system is' : 'systems are'} as configured`,
    ...leftOut.map(
      ({ system, alarms }) => `${system} was left out: ${alarms.join(', ')} had been in ALARM before`,
    ),
    ...failed.map(({ system, reason }) => `${system} failed:\n${reason}`),
    ...(stopped === null ? [] : [`stopped: ${stopped}`]),
    ...(leftOut.length === 0 && stopped === null
      ? []
      : ['Once that is fixed, the same command continues from here.']),
  ].join('\n');
}
