import { Command } from 'commander';
import { relative, resolve } from 'node:path';
import { writeServiceSkeleton } from '../../operations/serviceSkeleton.ts';
import { projectDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';

export function initCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('init')
    .description('write the skeleton of a service of your own, which works and passes its tests as it is')
    .requiredOption(
      '--service <directory>',
      'a new folder within this project, such as services/invoices; its name is that of what it keeps',
    )
    .action(async ({ service }: { service: string }) => {
      const files = await writeServiceSkeleton(projectDirectory, resolve(service));
      const folder = relative(process.cwd(), resolve(service));
      output.answer(
        [
          ...files.map((file) => `${folder}/${file}`),
          '',
          'It keeps orders under another name: make its contract, domain and tables yours, one after the other.',
          '',
          `  npx vitest run ${folder}`,
          `  npx headroom rehearse --config ${folder}/fleet.config.ts`,
          '',
          'docs/your-own-service.md says what each file is for.',
        ].join('\n'),
      );
      done(exitCodes.passed);
    });
}
