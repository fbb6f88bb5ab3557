import { Command } from 'commander';
import { relative, resolve } from 'node:path';
import { UsageError } from '../../operations/errors.ts';
import { writeFleetSkeleton } from '../../operations/fleetSkeleton.ts';
import { writeServiceSkeleton } from '../../operations/serviceSkeleton.ts';
import type { Context } from '../context.ts';
import { projectDirectory } from '../directories.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';

export function initCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('init')
    .description(
      'write a configuration with every option explained, or the skeleton of a service of your own',
    )
    .option('--config <file>', 'the configuration to write, within this project (default: fleet.config.ts)')
    .option(
      '--service <directory>',
      'instead, a service that works and passes its tests as it is, in a new folder within this project, such as ' +
        'services/invoices; the last part of its name is what it keeps',
    )
    .action(async ({ config, service }: { config?: string; service?: string }) => {
      if (service !== undefined && config !== undefined) {
        throw new UsageError('--service writes a configuration too, in its folder: leave out --config.');
      }
      output.answer(
        service === undefined
          ? await newFleet(resolve(config ?? 'fleet.config.ts'))
          : await newService(service),
      );
      done(exitCodes.passed);
    });
}

async function newFleet(file: string): Promise<string> {
  await writeFleetSkeleton(projectDirectory, file);
  const path = relative(process.cwd(), file);
  return [
    path,
    '',
    'Every option is explained there. Set the systems, their expected peaks and who is on call, then:',
    '',
    `  npx headroom plan --config ${path}`,
    `  npx headroom rehearse --config ${path}`,
    '',
    'docs/configure.md says what is checked.',
  ].join('\n');
}

async function newService(service: string): Promise<string> {
  const files = await writeServiceSkeleton(projectDirectory, resolve(service));
  const folder = relative(process.cwd(), resolve(service));
  return [
    ...files.map((file) => `${folder}/${file}`),
    '',
    'It keeps orders under another name: replace its contract, domain and tables with yours, one by one.',
    '',
    `  npx vitest run ${folder}`,
    `  npx headroom rehearse --config ${folder}/fleet.config.ts`,
    '',
    'docs/your-own-service.md says what each file is for.',
  ].join('\n');
}
