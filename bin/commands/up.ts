import * as path from 'node:path';
import { Command, Option } from 'commander';
import { stageOf, systemsOf, withSystems } from '../../fleet/fleet.ts';
import type { QueueFaultRates } from '../../local/aws/messaging/queueFaults.ts';
import { environmentOf } from '../../local/stageFile.ts';
import { startConsole } from '../../console/server.ts';
import { listen } from '../../local/listen.ts';
import { evidenceProfileOf } from '../../loadtests/runner/load.ts';
import { startStage, type RunningStage } from '../../local/stage.ts';
import { readFleet, type Context } from '../context.ts';
import { ownStateDirectory, stateDirectory } from '../directories.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, queueFaultRates, several, wholeNumber } from '../options.ts';

/** What a parent that started `headroom up` is told over IPC once the stage answers. */
export interface StageReady {
  type: 'ready';
}

/** The same at each start, so that a page which was left open goes on; two stages side by side have two. */
const defaultConsolePort = 4_680;

interface UpOptions {
  config: string;
  systems?: number;
  port?: number;
  consolePort?: number;
  keep: boolean;
  queueFaults?: QueueFaultRates;
  assembly: string[];
}

export function upCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('up')
    .description('run the stage "local" on this machine, from the synthesized template, until Ctrl-C')
    .addOption(configOption())
    .option(
      '--systems <count>',
      'how many systems (default: those of the configuration)',
      wholeNumber(1, 200),
    )
    .option(
      '--port <port>',
      'loopback port of the AWS endpoint (default: a free one)',
      wholeNumber(1, 65_535),
    )
    .option(
      '--console-port <port>',
      'loopback port of the console (default: 4680, or a free one if that is taken)',
      wholeNumber(1, 65_535),
    )
    .option('--keep', 'keep rows and messages for the next "up --keep"', false)
    .option(
      '--queue-faults <percentages>',
      'do to messages what SQS may do: duplicate=10,disorder=30,delay=5, each in percent (default: none)',
      queueFaultRates,
    )
    .addOption(
      new Option(
        '--assembly <directory>',
        'also boot the stacks of another CDK app, from its cdk.out: what adopted systems are made of; may be repeated',
      )
        .argParser(several)
        .default([], 'none'),
    )
    .action(async (options: UpOptions) => {
      const { clock, random, signal, output } = context;
      const configured = (await readFleet(options.config)).fleet;
      const fleet = options.systems === undefined ? configured : withSystems(configured, options.systems);
      stageOf(fleet, 'local');
      if (systemsOf(fleet, 'local').length === 0) {
        throw new UsageError(
          'every system is adopted, and none is on stage "local": it has nothing to boot.',
        );
      }
      const stage = await startStage({
        fleet,
        stateDirectory,
        ...(options.port === undefined ? {} : { port: options.port }),
        keep: options.keep,
        assemblies: options.assembly.map((directory) => path.resolve(directory)),
        ...(options.queueFaults && { queueFaults: options.queueFaults }),
        openConsole: (observed, onError) =>
          listen('--console-port', () =>
            startConsole(observed, {
              port: options.consolePort ?? { preferred: defaultConsolePort },
              evidenceProfile: evidenceProfileOf(fleet.service),
              onError,
            }),
          ),
        clock,
        random,
        signal,
        onProgress: output.progress,
      });
      output.progress(`console: ${stage.file.consoleUrl}`);
      try {
        // Who started it may have ended meanwhile: then the channel's end stops the stage, in good order, and not
        // an error that nobody handles.
        if (process.send) process.send({ type: 'ready' } satisfies StageReady, undefined, {}, () => {});
        else output.answer(readyText(stage, evidenceProfileOf(fleet.service)));
        const lost = await Promise.race([stage.lost, aborted(signal)]);
        if (lost !== null) throw lost;
      } finally {
        output.progress('stopping the stage');
        await stage.stop();
      }
      done(exitCodes.passed);
    });
}

const readyText = ({ file }: RunningStage, evidence: string): string =>
  [
    `The stage "local" runs with ${file.systems.length} systems. Ctrl-C stops it.`,
    '',
    `  ${file.consoleUrl}      # its console: dashboards, alarms, runs`,
    '',
    'In another terminal:',
    '',
    // A stage beside the default one is found through its directory alone.
    ...(ownStateDirectory ? [`  export HEADROOM_STATE_DIRECTORY=${stateDirectory}`] : []),
    `  npx headroom load ${evidence.padEnd(9)} # a ramp to the expected peak, and a hold`,
    '  npx headroom gate           # the 80 % verdict on it',
    '  npx headroom chaos revoke-db-ingress',
    '',
    'For the AWS command line and other tools:',
    '',
    ...Object.entries(environmentOf(file)).map(([name, value]) => `  export ${name}=${value}`),
  ].join('\n');

/** Resolves (with null) when aborted. */
const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
