import { CommanderError, type Command } from 'commander';
import { parse } from 'yaml';
import { loadFleet, stageOf, systemsOf, type Fleet } from '../../fleet/fleet.ts';
import { stackNames } from '../../fleet/names.ts';
import { holdSecondsFor } from '../../loadtests/gate/heldPeriods.ts';
import { profiles } from '../../loadtests/runner/load.ts';
import { limits } from '../../monitoring/limits.ts';
import { defaultConfig } from '../context.ts';
import { makeProgram } from '../program.ts';
import { silentContext } from './silentContext.ts';

interface Step {
  uses?: string;
  run?: string;
  if?: string;
  'continue-on-error'?: boolean;
  with?: Record<string, string | number>;
}

interface Concurrency {
  group?: string;
  queue?: string;
  'cancel-in-progress'?: boolean | string;
}

interface Job {
  uses?: string;
  concurrency?: Concurrency;
  if?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  environment?: string;
  env?: Record<string, string>;
  'timeout-minutes'?: number;
  steps?: Step[];
}

interface Workflow {
  on?: Record<string, unknown>;
  concurrency?: Concurrency;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

export interface Known {
  fleet: Fleet;
  /** Scripts of package.json. */
  scripts: readonly string[];
}

export interface KnownWorkflows extends Known {
  /** Their texts, by file name: one may call another. */
  workflows: ReadonlyMap<string, string>;
}

/** What is wrong with a workflow file, each in one sentence; empty when it may be trusted to run. */
export async function workflowProblems(text: string, known: KnownWorkflows): Promise<string[]> {
  const workflow = parse(text) as Workflow;
  const problems: string[] = [];
  if (workflow.permissions === undefined || Object.keys(workflow.permissions).length > 0)
    problems.push('permissions: expected {} at the top, and what it needs in each job');
  const region = workflow.env?.['AWS_REGION'];
  if (region !== undefined && region !== known.fleet.region)
    problems.push(`AWS_REGION: expected ${known.fleet.region}, as the fleet's configuration says`);
  if (/\bsecrets\./.test(text)) problems.push('uses a stored secret; roles are assumed by token');
  for (const [, reference] of text.matchAll(/uses:[ \t]*([^\n]+)/g)) {
    if (!isPinned(reference!)) problems.push(`uses ${reference}: expected a commit and its version`);
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const found = await jobProblems(job, { ...workflow.env, ...job.env }, known);
    problems.push(...found.map((problem) => `job ${name}: ${problem}`));
  }
  problems.push(
    ...cleanUpProblems(workflow.jobs),
    ...orderProblems(workflow, known),
    ...productionProblems(workflow.jobs),
  );
  return problems;
}

/** The repository's own workflow, or an action at a commit, with the version for the reader. */
const isPinned = (reference: string): boolean =>
  reference.startsWith('./') || /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(reference);

async function jobProblems(job: Job, env: Record<string, string>, known: Known): Promise<string[]> {
  const problems: string[] = [];
  if (job.permissions === undefined) problems.push('permissions: missing');
  if (job.uses === undefined && job['timeout-minutes'] === undefined)
    problems.push('timeout-minutes: missing');
  for (const { run, with: inputs } of job.steps ?? []) {
    const role = inputs?.['role-to-assume'];
    if (role !== undefined && !String(role).endsWith(`:role/headroom-${job.environment}-github`))
      problems.push(`assumes ${role} in the environment ${String(job.environment)}`);
    const sessionMinutes = Number(inputs?.['role-duration-seconds'] ?? 3_600) / 60;
    if (role !== undefined && (job['timeout-minutes'] ?? 0) > sessionMinutes)
      problems.push(`may run for ${job['timeout-minutes']} minutes, its credentials for ${sessionMinutes}`);
    for (const line of run?.split('\n').filter((one) => one.trim() !== '') ?? []) {
      const problem = await commandProblem(resolveVariables(line, env), env, known);
      if (problem !== undefined) problems.push(`"${line}": ${problem}`);
    }
  }
  return problems;
}

const always = (condition: string | undefined): boolean => (condition ?? '').startsWith('always()');

const runs = ({ steps = [] }: Job): string[] => steps.map(({ run }) => run ?? '');

/** What must happen whatever happened before. */
function cleanUpProblems(jobs: Workflow['jobs']): string[] {
  const all = Object.values(jobs).flatMap(runs);
  const needs = (has: RegExp, cleanUp: RegExp): boolean =>
    all.some((run) => has.test(run)) && !all.some((run) => cleanUp.test(run));
  return [
    ...Object.values(jobs).flatMap(uncertainCleanUps),
    ...(needs(/cdk deploy "?test-/, /cdk destroy "?test-/) ? ["a run's stage is never removed"] : []),
    ...(needs(/migrate --stage "?(\$HEADROOM_STAGE|test-)/, /--remove/)
      ? ["a run's schema is never dropped"]
      : []),
    ...(needs(/headroom resume/, /headroom pause/) ? ['databases are resumed and never paused'] : []),
    ...(needs(/headroom chaos (?!restore)/, /chaos restore/) ? ['a drill is never undone'] : []),
    ...(needs(/cdk deploy "?qa-/, /headroom sweep/) ? ['what runs left in QA is never swept'] : []),
    ...Object.values(jobs).flatMap(silentSweeps),
    ...Object.values(jobs).flatMap(shortHolds),
  ];
}

/**
 * A drill's journal is on its runner, so it is undone there. Everything else is cleaned up by a job of its own,
 * which neither a lost runner nor a job that ran out of time keeps from starting; in there, one clean-up does
 * not wait for another's success.
 */
function uncertainCleanUps({ steps = [], if: condition }: Job): string[] {
  const cleanUps = steps.filter(({ run = '' }) => /\bcdk destroy\b|--remove\b|headroom pause\b/.test(run));
  return [
    ...steps.filter((step) => /chaos restore\b/.test(step.run ?? '') && !always(step.if)),
    ...cleanUps.filter((step, index) => !always(condition) || (index > 0 && !always(step.if))),
  ].map(({ run }) => `"${run}": expected if: always()`);
}

/** A sweep may let the job go on, where another one at its end says what is left. */
function silentSweeps({ steps = [] }: Job): string[] {
  const sweeps = steps.filter(({ run = '' }) => /headroom sweep\b/.test(run));
  const tells = sweeps.some((step) => always(step.if) && step['continue-on-error'] !== true);
  return sweeps.length > 0 && !tells ? ['what a sweep could not remove is never told'] : [];
}

/** A hold too short for evidence would be found out when it is over. */
function shortHolds(job: Job): string[] {
  const lines = runs(job);
  const needed = holdSecondsFor(limits.gate.evidencePeriods, 60);
  const holdOf = (line: string): number => Number(/--hold (\d+)/.exec(line)?.[1] ?? Number.POSITIVE_INFINITY);
  return lines.some((line) => /headroom gate\b.*--record\b/.test(line))
    ? lines
        .filter((line) => /headroom load peak\b/.test(line) && holdOf(line) < needed)
        .map((line) => `"${line}": expected --hold ${needed} at least, for evidence`)
    : [];
}

/** Jobs of the workflow that a job calls; none where it calls none. */
function calledBy({ uses }: Job, { workflows }: KnownWorkflows): Job[] {
  const file = /^\.\/\.github\/workflows\/(.+)$/.exec(uses ?? '')?.[1];
  const text = file === undefined ? undefined : workflows.get(file);
  return text === undefined ? [] : Object.values((parse(text) as Workflow).jobs);
}

/** Whether a job works in QA's databases, by its role or by those of what it calls. */
const worksInQa = (job: Job, known: KnownWorkflows): boolean =>
  job.environment === 'qa' ||
  job.environment === 'test' ||
  calledBy(job, known).some((inner) => worksInQa(inner, known));

const inTurn = (concurrency: Concurrency | undefined, group: string): boolean =>
  concurrency?.group === group && concurrency.queue === 'max' && concurrency['cancel-in-progress'] === false;

/** What may not overlap, what waits for what, and what is kept for whoever looks for a failure's cause. */
function orderProblems({ on, jobs, concurrency }: Workflow, known: KnownWorkflows): string[] {
  const named = Object.entries(jobs);
  const onlyCalled = Object.keys(on ?? {}).join() === 'workflow_call';
  const removes = (job: Job): boolean =>
    [job, ...calledBy(job, known)].some((one) => runs(one).some((run) => /cdk destroy/.test(run)));
  const removals = named.filter(([, job]) => removes(job));
  const keeps = ({ uses = '', if: condition = '' }: Step): boolean =>
    uses.startsWith('actions/upload-artifact@') && (always(condition) || condition === 'failure()');
  return [
    // Whoever calls this workflow holds the group for all of its jobs: between two of them nobody comes.
    ...named
      .filter(([, job]) => !onlyCalled && worksInQa(job, known))
      .filter(([, job]) => !inTurn(concurrency, 'qa-databases') && !inTurn(job.concurrency, 'qa-databases'))
      .map(([name]) => `job ${name}: concurrency: expected to wait in the queue of qa-databases`),
    ...(onlyCalled && concurrency ? ['concurrency: expected its caller to wait, for all jobs at once'] : []),
    ...named
      .filter(([, job]) => deploysProduction(job))
      .filter(([, { needs = [] }]) => removals.some(([removal]) => ![needs].flat().includes(removal)))
      .map(([name]) => `job ${name}: expected to need the removal of the run's stage`),
    ...named
      .filter(([, job]) => runs(job).some((run) => /headroom (load|rehearse|chaos|deploy)/.test(run)))
      .filter(([, { steps = [] }]) => !steps.some(keeps))
      .map(([name]) => `job ${name}: keeps no record of a run that failed`),
    // A group that a whole run holds is held while the run waits for an approval, too.
    ...(concurrency && named.some(([, { environment }]) => environment === 'prod')
      ? [`concurrency: ${concurrency.group} is held while production waits for its approval`]
      : []),
  ];
}

const deploysProduction = (job: Job): boolean => job.environment === 'prod' && runs(job).some(deploys);

const deploys = (run: string): boolean => /headroom deploy\b|cdk deploy\b/.test(run);

/** What stands between an approval and production. */
function productionProblems(jobs: Workflow['jobs']): string[] {
  return Object.entries(jobs)
    .filter(([, job]) => deploysProduction(job))
    .flatMap(([name, job]) => {
      const lines = runs(job);
      const first = lines.findIndex((run) => deploys(run) || /headroom (migrate|load|chaos)/.test(run));
      const before = lines.slice(0, first).join('\n');
      return [
        !/headroom evidence --stage prod$/m.test(before) &&
          'deploys without asking for the evidence itself, before anything else: expected headroom evidence --stage prod',
        !/headroom doctor --stage prod --before-deployment$/m.test(before) &&
          'deploys without asking the doctor: expected headroom doctor --stage prod --before-deployment',
        lines.some((run) => /cdk deploy/.test(run)) &&
          'reaches all systems at once: expected headroom deploy, which goes in waves',
        !inTurn(job.concurrency, 'production') && 'concurrency: expected to wait in the queue of production',
      ].flatMap((problem) => (problem === false ? [] : [`job ${name}: ${problem}`]));
    });
}

/** As the runner fills them in; every run has the same number here. */
function resolveVariables(text: string, env: Record<string, string>): string {
  const filled = text.replaceAll(/\$\{\{\s*github\.run_number\s*\}\}/g, '4711');
  return filled.replaceAll(/"?\$([A-Z_]+)"?/g, (variable, name: string) => {
    const value = env[name];
    return value === undefined ? variable : resolveVariables(value, {});
  });
}

const npmCommands = new Set(['ci', 'cit', 'start', 'test']);

/** Why a line could not be run here, or on a laptop; undefined when it could. */
export async function commandProblem(
  line: string,
  env: Record<string, string>,
  known: Known,
): Promise<string | undefined> {
  if (/[|;&<>`]|\$/.test(line)) return 'expected one plain command, which also works on a laptop';
  const words = line
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('"', ''));
  const [tool, command, ...rest] = words;
  if (tool === 'npm' && command === 'run') {
    return known.scripts.includes(rest[0] ?? '') ? undefined : `package.json has no script "${rest[0]}"`;
  }
  if (tool === 'npm') return npmCommands.has(command ?? '') ? undefined : `npm ${command} is not expected`;
  if (tool === 'npx' && command === 'headroom') return headroomProblem(rest, known);
  if (tool === 'npx' && command === 'cdk') return cdkProblem(rest, env, known);
  return 'not a command of this project';
}

/** Parses as the command line would, and does nothing. */
async function headroomProblem(parameters: string[], { fleet }: Known): Promise<string | undefined> {
  const program = await makeProgram(silentContext(), () => {}, parameters);
  const ran: Command[] = [];
  const silent = { writeErr: () => {} };
  program.configureOutput(silent);
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput(silent);
    command.action(() => void ran.push(command));
  }
  try {
    await program.parseAsync(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  const [parsed] = ran;
  if (!parsed) return 'names no command';
  const { stage, config } = parsed.opts<{ stage?: string; config?: string }>();
  const profile = parsed.name() === 'load' ? await profileProblem(parsed.args[0] ?? '', config) : undefined;
  return profile ?? (stage === undefined ? undefined : stageProblem(fleet, stage));
}

/** A script by its path is for whoever has it. */
async function profileProblem(profile: string, config = defaultConfig): Promise<string | undefined> {
  if (/[./]/.test(profile) || profiles.includes(profile)) return undefined;
  const { service } = await loadFleet(config);
  return profile in service.profiles ? undefined : `no profile "${profile}"`;
}

const everyCommand = (command: Command): Command[] => [
  ...command.commands,
  ...command.commands.flatMap((inner) => everyCommand(inner)),
];

function stageProblem(fleet: Fleet, stage: string): string | undefined {
  try {
    stageOf(fleet, stage);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const cdkFlags: Readonly<Record<string, readonly string[]>> = {
  deploy: ['--all', '--exclusively', '--concurrency', '4', '--require-approval', 'never'],
  destroy: ['--all', '--force'],
  diff: [],
};

function cdkProblem(
  [command = '', ...parameters]: string[],
  env: Record<string, string>,
  { fleet }: Known,
): string | undefined {
  const flags = cdkFlags[command];
  if (!flags) return `cdk ${command} is not expected`;
  const stage = resolveVariables(env['HEADROOM_STAGE'] ?? '', {});
  const wrong = stageProblem(fleet, stage);
  if (wrong !== undefined) return `HEADROOM_STAGE: ${wrong}`;
  if (parameters.includes('--concurrency') && !parameters.includes('never'))
    return 'with --concurrency cdk cannot ask for approval: expected --require-approval never';
  if (command === 'diff' || parameters.includes('--all')) return undefined;
  const names = stackNames(stage);
  const stacks = [
    names.network,
    names.fleet,
    ...systemsOf(fleet, stage).map(({ name }) => names.system(name)),
  ];
  const patterns = parameters.filter((word) => !flags.includes(word));
  const idle = patterns.find((pattern) => {
    const matcher = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
    return pattern.startsWith('-') || !stacks.some((stack) => matcher.test(stack));
  });
  return patterns.length === 0 || idle !== undefined
    ? `${idle ?? 'nothing'} is no flag that is expected, and no stack of stage "${stage}"`
    : undefined;
}
