import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { describeError } from '../../core/describeError.ts';
import type { FoundAdoption } from '../../operations/adopt/adoptionOf.ts';
import { factsOfStack, findAdoption } from '../../operations/adopt/askAws.ts';
import { factsInOutputs, type Fact } from '../../operations/adopt/facts.ts';
import { connect } from '../../operations/connection.ts';
import { UsageError } from '../../operations/errors.ts';
import { readFleet, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, several, stageOption } from '../options.ts';

interface AdoptCommandOptions {
  config: string;
  stage: string;
  stack: string[];
  outputs: string[];
  json: boolean;
}

export function adoptCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('adopt')
    .description(
      'describe an existing system, for the configuration: what its stacks or outputs tell, and what they do ' +
        'not. Changes nothing',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(
      new Option('--stack <name>', 'a CloudFormation stack of the system; may be repeated')
        .argParser(several)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--outputs <file>',
        'what "terraform output -json" or "cdk deploy --outputs-file" wrote; may be repeated',
      )
        .argParser(several)
        .default([], 'none'),
    )
    .addOption(jsonOption())
    .action(async ({ config, stage, stack, outputs, json }: AdoptCommandOptions) => {
      if (stack.length + outputs.length === 0) {
        throw new UsageError('name a source: --stack, or --outputs with a file of outputs.');
      }
      // What is wrong with a file is said before anything is asked.
      const facts: Fact[] = [];
      for (const path of outputs) facts.push(...factsInOutputs(await textOf(path), path));
      const { fleet } = await readFleet(config);
      const { clients } = await connect({ stage, region: fleet.region, stateDirectory });
      for (const name of stack) facts.push(...(await factsOfStack(clients, name)));
      const found = await findAdoption(clients, fleet.region, facts);
      output.answer(json ? JSON.stringify(found) : inWords(found));
      done(exitCodes.passed);
    });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${describeError(error)}`);
  }
}

const inWords = ({ adopt, missing, unused, unasked }: FoundAdoption): string =>
  [
    `adopt: ${JSON.stringify(adopt, null, 2)},`,
    ...(missing.length === 0 ? [] : ['', 'Not found, and what it would make possible:']),
    ...missing.map(({ field, opens }) => `  ${field}: ${opens}`),
    ...(unused.length === 0 ? [] : ['', 'Not used, since several fit one field, or fit none:']),
    ...unused.map(({ name, value }) => `  ${name}: ${value}`),
    ...(unasked.length === 0 ? [] : ['', 'Not revealed by AWS:', ...unasked.map((line) => `  ${line}`)]),
  ].join('\n');
