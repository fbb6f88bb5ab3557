import { Command } from 'commander';
import { join, relative } from 'node:path';
import { DrillRefusedError } from '../../chaos/errors.ts';
import { formatDrill } from '../../chaos/formatDrill.ts';
import { configurationHash, ownSystems, stageOf, withSystems, type Fleet } from '../../fleet/fleet.ts';
import { formatVerdict } from '../../loadtests/gate/formatVerdict.ts';
import { whyUnjudgeable } from '../../loadtests/gate/judgeable.ts';
import { evidenceProfileOf, profileNamed, smokeProfile } from '../../loadtests/runner/load.ts';
import { summaryInShort, summaryLines } from '../../loadtests/runner/summary.ts';
import { wrap } from '../../loadtests/gate/wrap.ts';
import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import { verdictInWords } from '../../records/verdictInWords.ts';
import { UsageError } from '../../operations/errors.ts';
import { connect } from '../../operations/connection.ts';
import { newRunDirectory, readFleet, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { heldOutput } from '../heldOutput.ts';
import { exitCodes, strongest, type ExitCode } from '../exitCodes.ts';
import { explain, whyStopped } from '../errors.ts';
import { startLocalStage } from '../localStage.ts';
import {
  configOption,
  engineOption,
  holdOption,
  rampOption,
  wholeNumber,
  type EngineName,
} from '../options.ts';
import { reportRun } from '../report.ts';
import { exitCodeOfDrill, exitCodeOfRun, exitCodeOfVerdict } from '../exitCodeOf.ts';
import { loadStage } from '../../operations/loadStage.ts';
import { judgeRun } from '../../operations/judgeRun.ts';
import { drillStage } from '../../operations/drillStage.ts';
import { findSystems } from '../../operations/target.ts';

interface RehearseOptions {
  config: string;
  systems?: number;
  engine: EngineName;
  ramp: number;
  hold: number;
  all: boolean;
}

const stage = 'local';
const drill = 'revoke-db-ingress';

export function rehearseCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('rehearse')
    .description(
      'everything on this machine, from start to finish: stage, smoke test, peak, gate, drill under load. Of the systems that are built here: adopted ones are loaded and judged where they run',
    )
    .addOption(configOption())
    .option(
      '--systems <count>',
      'how many systems (default: those of the configuration)',
      wholeNumber(1, 200),
    )
    .addOption(engineOption())
    .addOption(rampOption().default(10))
    .addOption(holdOption().default(40))
    .option('--all', 'print every answer of each system and every expectation of the drill', false)
    .action(async (options: RehearseOptions) => {
      done(await rehearse(context, options));
    });
}

/** The fleet without what it adopts. @throws UsageError where nothing is left */
function rehearsed(configured: Fleet, systems: number | undefined): Fleet {
  const own = ownSystems(configured).length;
  if (own > 0) return withSystems(configured, systems ?? own);
  throw new UsageError(
    'every system is adopted, and a rehearsal boots those that are built here: run ' +
      `"headroom load ${evidenceProfileOf(configured.service)} --stage STAGE" and "headroom gate" where they run.`,
  );
}

/** @throws UsageError before anything starts, for a hold that its gate could not judge */
function refuseShort(
  { ramp, hold }: RehearseOptions,
  { service }: Pick<Fleet, 'service'>,
  periodSeconds: number,
): void {
  const { paced } = profileNamed(evidenceProfileOf(service), service.profiles);
  if (!paced) return;
  const timeline = paced.timeline({ rampSeconds: ramp, holdSeconds: hold });
  const problem = whyUnjudgeable({ paced, timeline, periodSeconds });
  if (problem !== null) throw new UsageError(`${problem}.`);
}

async function rehearse(context: Context, options: RehearseOptions): Promise<ExitCode> {
  const { output, clock } = context;
  const { fleet: configured } = await readFleet(options.config);
  const fleet = rehearsed(configured, options.systems);
  const { periodSeconds } = stageOf(fleet, stage);
  refuseShort(options, fleet, periodSeconds);
  const directory = newRunDirectory(clock, 'rehearse');
  const startedMs = clock.now();

  const adopted = configured.systems.filter(({ adopt }) => adopt).map(({ name }) => name);
  if (adopted.length > 0) output.progress(`not rehearsed, since adopted: ${adopted.join(', ')}`);
  output.heading(`Rehearsal with ${fleet.systems.length} systems, ${timeOf(fleet, options)}`);
  output.heading('1/5 stage: booting from the synthesized template');
  const parameters = ['--config', options.config, '--systems', String(fleet.systems.length)];
  const stageOutput = options.all ? output : { ...output, progress: ofStage(output) };
  const local = await startLocalStage(parameters, stageOutput, context.signal);
  const during: Context = {
    ...context,
    output: options.all ? output : { ...output, progress: output.passing },
    signal: AbortSignal.any([context.signal, local.lost]),
  };
  const parts: Part[] = [];
  let failure: unknown;
  try {
    await allParts(during, options, fleet, directory, parts);
  } catch (error) {
    // Without its stage a part fails in any way: the stage's end is the reason.
    failure = local.lost.aborted ? local.lost.reason : whyStopped(error, during.signal);
  } finally {
    await local.stop();
  }
  const codes = parts.map((part) => part.code);
  const code = strongest(failure === undefined ? codes : [...codes, explain(failure).code]);
  const seconds = Math.round((clock.now() - startedMs) / 1_000);
  await reportRun(output, directory);
  const answers = parts.flatMap(({ answer }) => (answer === undefined ? [] : wrap(answer, output.width)));
  output.answer(
    ['', ...answers, ...wrap(rehearsalNote, output.width)].join('\n') +
      finalLine(parts, code, seconds, relative(process.cwd(), directory)),
  );
  if (failure !== undefined) throw failure;
  return code;
}

interface Part {
  name: string;
  code: ExitCode;
  /** What it found, for people. */
  answer?: string;
}

/** Seconds that boot, smoke test, gate and drill take together, and that each system adds. */
const besidesLoad = { seconds: 54, secondsASystem: 0.7 } as const;

function timeOf(fleet: Fleet, { ramp, hold }: RehearseOptions): string {
  const seconds = besidesLoad.seconds + besidesLoad.secondsASystem * fleet.systems.length + ramp + hold;
  return `about ${Math.ceil(seconds / 60)} minutes`;
}

/** Of a stage that boots, what is worth keeping is where it answers, and what goes wrong. */
const ofStage =
  ({ progress, passing }: Context['output']) =>
  (line: string): void =>
    /^(stage|console)\b/.test(line) ? progress(line) : passing(line);

async function allParts(
  during: Context,
  { engine, ramp, hold, all }: RehearseOptions,
  fleet: Fleet,
  directory: string,
  parts: Part[],
): Promise<void> {
  const { output } = during;
  const connection = await connect({
    stage,
    region: fleet.region,
    stateDirectory,
    onThisMachine: true,
  });
  const systems = await findSystems(connection.clients, stage, []);
  const target = { stage, fleet, configurationHash: configurationHash(fleet), connection, systems };
  const summary = all ? summaryLines : summaryInShort;

  output.heading('2/5 smoke: every answer once');
  const smoke = await loadStage(
    during,
    target,
    { profile: smokeProfile, engine, rampSeconds: 0, holdSeconds: 0 },
    join(directory, smokeProfile),
  );
  output.answer(summary(smoke).join('\n'));
  during.signal.throwIfAborted();
  parts.push({ name: 'smoke', code: exitCodeOfRun(smoke) });

  const profile = evidenceProfileOf(fleet.service);
  output.heading(`3/5 ${profile}: a ramp to the expected peak, then a hold`);
  const peakDirectory = join(directory, profile);
  const peak = await loadStage(
    during,
    target,
    { profile, engine, rampSeconds: ramp, holdSeconds: hold },
    peakDirectory,
  );
  output.answer(summary(peak).join('\n'));
  during.signal.throwIfAborted();

  output.heading('4/5 gate: does every system keep 20 % in reserve?');
  // The hold is over: while the gate waits for its metrics, the drill makes sure of the steady state that it begins from.
  const kept = heldOutput(output);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([during.signal, giveUp.signal]);
  const drilled = Promise.allSettled([
    drillStage({ ...during, output: kept.output, signal }, target, drill, join(directory, 'drill'), {
      scope: { stageSystems: target.systems.length, share: null },
      wait: false,
    }),
  ]);
  const { color, width } = output;
  try {
    const verdict = await judgeRun(during, target, peak, peakDirectory);
    output.answer(formatVerdict(verdict, { color, width, detail: all ? 'all' : 'part' }));
    parts.push({ name: 'gate', code: exitCodeOfVerdict(verdict), answer: verdictInWords(verdict) });
  } catch (error) {
    giveUp.abort(error);
    await drilled;
    throw error;
  }

  output.heading(`5/5 drill: ${drill} under load`);
  kept.release();
  const [outcome] = await drilled;
  if (outcome.status === 'fulfilled') {
    output.answer(formatDrill(outcome.value, { color, inShort: !all }));
    during.signal.throwIfAborted();
    parts.push({ name: 'drill', code: exitCodeOfDrill(outcome.value) });
    return;
  }
  // The stage is not in the steady state that a drill begins from: nothing was broken, nothing proven.
  if (!(outcome.reason instanceof DrillRefusedError)) throw outcome.reason;
  output.answer(`Drill ${drill} refused: ${outcome.reason.message}`);
  parts.push({ name: 'drill', code: exitCodes.inconclusive });
}

const words: Readonly<Partial<Record<ExitCode, string>>> = {
  [exitCodes.passed]: 'PASSED',
  [exitCodes.inconclusive]: 'INCONCLUSIVE',
  [exitCodes.interrupted]: 'INTERRUPTED',
};

function finalLine(parts: readonly Part[], code: ExitCode, seconds: number, directory: string): string {
  const bad = parts.filter((part) => part.code !== exitCodes.passed).map(({ name }) => name);
  const where = bad.length === 0 ? '' : ` at ${bad.join(' and ')}`;
  return `\nRehearsal ${words[code] ?? 'FAILED'}${where} in ${seconds} s. Its files: ${directory}`;
}
