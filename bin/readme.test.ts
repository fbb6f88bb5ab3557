import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadFleet } from '../fleet/fleet.ts';
import { notExercised } from '../monitoring/rehearsal.ts';
import { defaultConfig } from './context.ts';
import { projectDirectory } from './directories.ts';
import { commandProblem } from './testing/workflowProblems.ts';

/** Lines and spans of code that are commands of this project, with the variables set before them. */
function commandsIn(text: string): { line: string; env: Record<string, string> }[] {
  const code = [
    ...text.replaceAll(/^```\w+\n.*?^```$/gms, '').matchAll(/^```\n(.*?)^```$|`([^`]+)`/gms),
  ].flatMap(([, block, span]) =>
    block === undefined ? [(span ?? '').replaceAll('\n', ' ')] : block.split('\n'),
  );
  return code.flatMap((one) => {
    const [, stage, line] = /^(?:HEADROOM_STAGE=(\S+) )?((?:npx|npm) [^#]*)/.exec(one) ?? [];
    if (line === undefined) return [];
    const env: Record<string, string> = stage === undefined ? {} : { HEADROOM_STAGE: stage };
    return line.split(' && ').map((command) => ({
      line: command.replaceAll(/\s+/g, ' ').replaceAll('NAME', 'system-01').trim(),
      env,
    }));
  });
}

/** What people read to use it: README, docs, and the pages of rooms that it links to. */
async function pages(): Promise<string[]> {
  const docs = await readdir(join(projectDirectory, 'docs'));
  return [
    'README.md',
    'CONTRIBUTING.md',
    'chaos/README.md',
    'loadtests/gate/headroom/README.md',
    'records/README.md',
    'service/README.md',
    ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ];
}

it('the pages name only commands that exist, with the options and stages that they take', async () => {
  const texts = await Promise.all(
    (await pages()).map((path) => readFile(join(projectDirectory, path), 'utf8')),
  );
  const known = { fleet: await loadFleet(defaultConfig), scripts: ['format'] };
  // Of other tools those that write to an account, or run this project's own tests.
  const others = /^npx (?:cdk bootstrap|vitest) /;
  const commands = texts.flatMap(commandsIn).filter(({ line }) => !others.test(line));
  expect(commands.length).toBeGreaterThan(60);
  const problems = await Promise.all(
    commands.map(async ({ line, env }) => ({ line, problem: await commandProblem(line, env, known) })),
  );
  expect(problems.filter(({ problem }) => problem !== undefined)).toEqual([]);
});

it('README says what the stage on this machine does not exercise, as every report does', async () => {
  const readme = (await readFile(join(projectDirectory, 'README.md'), 'utf8')).replaceAll(/\s+/g, ' ');
  for (const what of notExercised) expect(readme).toContain(what);
});
