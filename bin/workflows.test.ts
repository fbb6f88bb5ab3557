import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFleet } from '../fleet/fleet.ts';
import { defaultConfig } from './context.ts';
import { projectDirectory } from './directories.ts';
import { workflowProblems, type KnownWorkflows } from './testing/workflowProblems.ts';

const directory = join(projectDirectory, '.github', 'workflows');

let known: KnownWorkflows;
let workflows: Map<string, string>;

beforeAll(async () => {
  const { scripts } = JSON.parse(await readFile(join(projectDirectory, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const files = await readdir(directory);
  workflows = new Map(
    await Promise.all(
      files.map(async (file) => [file, await readFile(join(directory, file), 'utf8')] as const),
    ),
  );
  known = { fleet: await loadFleet(defaultConfig), scripts: Object.keys(scripts), workflows };
});

/** The problems of a workflow in which something was changed. */
async function after(file: string, from: string | RegExp, to: string): Promise<string[]> {
  const text = workflows.get(file)!;
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return workflowProblems(changed, known);
}

describe('the workflows', () => {
  it('are those of a change, of a deployment, of its own stage and of the night, without a problem', async () => {
    expect([...workflows.keys()].sort()).toEqual(['check.yml', 'deploy.yml', 'nightly.yml', 'test.yml']);
    for (const [file, text] of workflows) expect(await workflowProblems(text, known), file).toEqual([]);
  });

  it.each<[string, string, string | RegExp, string, RegExp]>([
    [
      'a script that does not exist',
      'check.yml',
      'npm run synth',
      'npm run synthesize',
      /no script "synthesize"/,
    ],
    [
      'a command that does not exist',
      'nightly.yml',
      'headroom gate',
      'headroom judge',
      /unknown command 'judge'/,
    ],
    ['an option that does not exist', 'check.yml', '--hold 40', '--length 40', /unknown option '--length'/],
    ["an option's wrong value", 'check.yml', '--hold 40', '--hold -1', /--hold/],
    ['a hold too short for evidence', 'nightly.yml', '--hold 900', '--hold 600', /--hold 660 at least/],
    ['a profile that does not exist', 'nightly.yml', 'load peak', 'load summit', /no profile "summit"/],
    ['a drill that does not exist', 'nightly.yml', 'chaos --all', 'chaos monkey', /'monkey' is invalid/],
    [
      'a stage that does not exist',
      'nightly.yml',
      'resume --stage qa',
      'resume --stage qaa',
      /no stage "qaa"/,
    ],
    ['a script of the runner alone', 'check.yml', 'npm cit', 'npm cit && ./extra.sh', /one plain command/],
    ['another tool', 'check.yml', 'npm cit', 'make check', /not a command of this project/],
    ['stacks that do not exist', 'nightly.yml', '"qa-*"', '"quality-*"', /quality-\* is no flag/],
    [
      'a stage whose stacks they are not',
      'nightly.yml',
      'HEADROOM_STAGE: qa',
      'HEADROOM_STAGE: prod',
      /qa-\* is no flag/,
    ],
    [
      'an action by its version',
      'check.yml',
      /checkout@\w{40} # v7\.0\.1/,
      'checkout@v7',
      /uses actions\/checkout@v7: expected a commit/,
    ],
    [
      'an action without its version',
      'check.yml',
      / # v7\.0\.1/,
      '',
      /uses actions\/checkout@3d3c\w+: expected a commit/,
    ],
    ['no permissions', 'check.yml', 'permissions: {}', '', /^permissions: expected {}/],
    [
      'all permissions',
      'check.yml',
      'permissions: {}',
      'permissions: {contents: write}',
      /^permissions: expected {}/,
    ],
    [
      'a job without permissions',
      'nightly.yml',
      / +permissions:\n +contents: read\n +id-token: write\n/,
      '',
      /job qa: permissions: missing/,
    ],
    ['a job that may run for ever', 'nightly.yml', /timeout-minutes: 230/, '', /timeout-minutes: missing/],
    [
      'a stored key',
      'nightly.yml',
      'aws-region: ${{ env.AWS_REGION }}',
      'aws-secret-access-key: ${{ secrets.KEY }}',
      /stored secret/,
    ],
    [
      "another stage's role",
      'nightly.yml',
      'headroom-qa-github',
      'headroom-prod-github',
      /assumes .*prod-github in the environment qa/,
    ],
    [
      'a removal only after success',
      'test.yml',
      /(cdk destroy[^\n]*\n) +if: always\(\)\n/,
      '$1',
      /cdk destroy.*expected if: always/,
    ],
    [
      'a schema that stays after a failure',
      'test.yml',
      "always() && needs.resume.result == 'success'",
      "needs.resume.result == 'success'",
      /--remove.*expected if: always/,
    ],
    [
      'a pause only after success',
      'nightly.yml',
      /(needs: qa\n) +if: always\(\)\n/,
      '$1',
      /headroom pause.*expected if: always/,
    ],
    [
      'a drill that is undone only after success',
      'nightly.yml',
      /(chaos restore[^\n]*\n) +if: always\(\)\n/,
      '$1',
      /chaos restore.*expected if: always/,
    ],
    [
      'a run that is dropped for the next',
      'deploy.yml',
      /( +group: qa-databases\n) +queue: max\n/,
      '$1',
      /^job test: concurrency: expected to wait in the queue of qa-databases/,
    ],
    [
      'a run that is cancelled by the next',
      'nightly.yml',
      'cancel-in-progress: false',
      'cancel-in-progress: true',
      /^job qa: concurrency: expected to wait in the queue of qa-databases/,
    ],
    [
      "jobs that leave QA's databases to others in between",
      'test.yml',
      'permissions: {}\n',
      'permissions: {}\n\nconcurrency:\n  group: qa-databases\n',
      /^concurrency: expected its caller to wait/,
    ],
    [
      'an approval for which the night waits',
      'deploy.yml',
      'permissions: {}\n',
      'permissions: {}\n\nconcurrency:\n  group: qa-databases\n  queue: max\n  cancel-in-progress: false\n',
      /^concurrency: qa-databases is held while production waits for its approval/,
    ],
    [
      'two deployments of production at once',
      'deploy.yml',
      'group: production',
      'group: production-${{ github.run_id }}',
      /job prod: concurrency: expected to wait in the queue of production/,
    ],
    [
      'evidence that was asked for before the approval alone',
      'deploy.yml',
      / +- run: npx headroom evidence --stage prod\n/,
      '',
      /job prod: deploys without asking for the evidence itself/,
    ],
    [
      'evidence that is asked for when it is too late',
      'deploy.yml',
      /( +- run: npx headroom evidence --stage prod\n)([^]*)( +- run: npx headroom deploy --stage prod\n)/,
      '$2$3$1',
      /job prod: deploys without asking for the evidence itself/,
    ],
    [
      'a deployment that asks no doctor',
      'deploy.yml',
      / +- run: npx headroom doctor[^\n]*\n/,
      '',
      /job prod: deploys without asking the doctor/,
    ],
    [
      'a release that reaches all systems at once',
      'deploy.yml',
      'run: npx headroom deploy --stage prod',
      'run: npx cdk deploy "prod-*" --exclusively --concurrency 4 --require-approval never',
      /job prod: reaches all systems at once/,
    ],
    [
      "production beside the run's stage",
      'deploy.yml',
      'needs: test\n    runs-on',
      'needs: check\n    runs-on',
      /job prod: expected to need the removal/,
    ],
    [
      'credentials that end before the job',
      'test.yml',
      /role-duration-seconds: 7200\n +- run: npx headroom migrate --stage "/,
      'role-duration-seconds: 3600\n      - run: npx headroom migrate --stage "',
      /job remove: may run for 120 minutes, its credentials for 60/,
    ],
    [
      'a failure without a record',
      'check.yml',
      'if: failure()',
      'if: success()',
      /job check: keeps no record/,
    ],
    [
      'a stage that is never removed',
      'test.yml',
      / +- run: npx cdk destroy[^\n]*\n +if: always\(\)\n/,
      '',
      /never removed/,
    ],
    [
      'a schema that is never dropped',
      'test.yml',
      / +- run: [^\n]*--remove\n +if: always\(\)\n/,
      '',
      /never dropped/,
    ],
    [
      'databases that are never paused',
      'test.yml',
      /- run: npx headroom pause[^\n]*\n/,
      '- run: npm ci\n',
      /never paused/,
    ],
    [
      'leftovers of runs that nobody sweeps',
      'nightly.yml',
      / +- run: npx headroom sweep[^\n]*\n(?: +(?:continue-on-error: true|if: always\(\))\n)?/g,
      '',
      /what runs left in QA is never swept/,
    ],
    [
      'a sweep that notifies nobody',
      'nightly.yml',
      / +- run: npx headroom sweep[^\n]*\n +if: always\(\)\n/,
      '',
      /what a sweep could not remove is never told/,
    ],
    [
      "another region than the fleet's",
      'nightly.yml',
      'AWS_REGION: us-east-1',
      'AWS_REGION: eu-west-1',
      /AWS_REGION: expected us-east-1/,
    ],
    [
      'a drill that is never undone',
      'nightly.yml',
      / +- run: npx headroom chaos restore[^\n]*\n +if: always\(\)\n/,
      '',
      /never undone/,
    ],
  ])('may not have %s', async (_, file, from, to, problem) => {
    expect(await after(file, from, to)).toContainEqual(expect.stringMatching(problem));
  });
});
