import { Command } from 'commander';
import { dirname } from 'node:path';
import { stageOf } from '../../fleet/fleet.ts';
import { hashRelease } from '../../infra/release.ts';
import { deploymentEvidenceOf } from '../../operations/evidence/deploymentEvidence.ts';
import { recordDeploymentEvidence } from '../../operations/evidence/deploymentEvidenceStore.ts';
import { formatBreakpoint } from '../../loadtests/gate/formatBreakpoint.ts';
import { formatVerdict } from '../../loadtests/gate/formatVerdict.ts';
import { heldPeriods, holdSecondsFor } from '../../loadtests/gate/heldPeriods.ts';
import { limits } from '../../monitoring/limits.ts';
import { githubAnnotations } from '../../loadtests/gate/githubAnnotations.ts';
import { writeJunit } from '../../loadtests/gate/writeJunit.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { runKind, type RunFile } from '../../records/run.ts';
import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import { connect } from '../../operations/connection.ts';
import { evidenceProfileOf, profileOf, profilesThat } from '../../loadtests/runner/load.ts';
import { readFleet, runsDirectory, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { UsageError } from '../../operations/errors.ts';
import { strongest, type ExitCode } from '../exitCodes.ts';
import { fleetOfRun } from '../../operations/fleetOfRun.ts';
import { otherRuns } from '../../fleet/profileNames.ts';
import { newestRunOf } from '../../records/newestRun.ts';
import { configOption, jsonOption, regressionOption } from '../options.ts';
import { reportRun } from '../report.ts';
import { exitCodeOfBreakpoint, exitCodeOfComparison, exitCodeOfVerdict } from '../exitCodeOf.ts';
import { formatComparison } from '../../loadtests/compare/formatComparison.ts';
import { refuseIncomparable } from '../../loadtests/compare/notComparable.ts';
import { compareWithBaseline } from '../../operations/compareWithBaseline.ts';
import { recordFileAt } from '../../records/recordFileAt.ts';
import { failuresOfRun } from '../../operations/failuresOfRun.ts';
import { judgeRun } from '../../operations/judgeRun.ts';
import { findBreakpoint } from '../../operations/findBreakpoint.ts';
import { findPublished } from '../../operations/target.ts';

interface GateCommandOptions {
  config: string;
  record: boolean;
  junit?: string;
  all: boolean;
  baseline?: string;
  regression: number;
  json: boolean;
}

/** @throws UsageError for what would be misjudged, or prove what it does not. */
function refuseProfile(
  run: RunFile,
  evidenceProfile: string,
  { record, junit, baseline }: GateCommandOptions,
): void {
  const { profile, script } = run;
  const { judged, finds } = profileOf(run);
  if (record && judged !== 'evidence') {
    throw new UsageError(
      `this is a run of ${profile}: only a ${evidenceProfile} counts as evidence: leave out --record.`,
    );
  }
  if (judged !== null) return;
  if (script) {
    throw new UsageError(
      `${profile} ran without a hold, so there is nothing to judge: load it again with --ramp and --hold.`,
    );
  }
  if (finds !== 'breakpoint') {
    const others = profilesThat((other) => other.judged !== null).join(' and ');
    throw new UsageError(
      `this is a run of ${profile}, which holds no peak and is judged by its own thresholds; ` +
        `the gate judges ${others}.`,
    );
  }
  if (junit !== undefined) {
    throw new UsageError('a breakpoint is an answer, not a verdict: leave out --junit.');
  }
  if (baseline !== undefined) {
    throw new UsageError(
      'a breakpoint holds no rate at which it could be compared with another run: leave out --baseline.',
    );
  }
}

/** @throws UsageError before anything is asked, for a hold of which no verdict could be relied on */
function refuseShortHold({ windows, profile }: RunFile, periodSeconds: number): void {
  const { length } = heldPeriods(windows.hold, periodSeconds).startsMs;
  const { evidencePeriods } = limits.gate;
  if (length >= evidencePeriods) return;
  throw new UsageError(
    `the hold has ${length} whole periods of ${periodSeconds} s and evidence needs ${evidencePeriods}: ` +
      `run "headroom load ${profile} --hold ${holdSecondsFor(evidencePeriods, periodSeconds)}", or leave out --record.`,
  );
}

export function gateCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('gate')
    .description(
      'judge a run of peak, of soak or of a script of your own: does every system keep 20 % in reserve? For a breakpoint, report again which limit ' +
        'gave way. Can be repeated on the same run',
    )
    .argument('[run]', 'a run.json, or the folder it is in (default: the newest peak or script of your own)')
    .addOption(configOption())
    .option('--record', 'record the verdict as the evidence that a deployment to production requires', false)
    .option('--junit <file>', 'also write the verdict as JUnit XML, for a CI server')
    .option('--all', 'every answer of every system instead of a row per signal', false)
    .option(
      '--baseline <run>',
      'also compare it with an earlier run of the same load, as "headroom compare" does; a regression fails',
    )
    .addOption(regressionOption())
    .addOption(jsonOption())
    .action(async (path: string | undefined, options: GateCommandOptions) => {
      const { fleet: configured } = await readFleet(options.config);
      const evidenceProfile = evidenceProfileOf(configured.service);
      const runFile =
        path === undefined
          ? await newestRunOf(runsDirectory, evidenceProfile, otherRuns.scripts)
          : await recordFileAt(runKind, path);
      if (runFile === undefined) {
        throw new UsageError(
          `there is no run to judge; run "headroom load ${evidenceProfile}" first, or name a run.json.`,
        );
      }
      const run = await requireRecord(runKind, runFile);
      refuseProfile(run, evidenceProfile, options);
      const fleet = fleetOfRun(configured, run);
      if (!fleet) {
        throw new UsageError(
          `${runFile} was recorded with a configuration that differs from ${options.config} as it is now: ` +
            `run "headroom load ${run.script ? 'SCRIPT' : run.profile}" again, or give the configuration of that time with --config.`,
        );
      }
      const { periodSeconds } = stageOf(fleet, run.stage);
      if (options.record) refuseShortHold(run, periodSeconds);
      const baseline =
        options.baseline === undefined ? undefined : await recordFileAt(runKind, options.baseline);
      // Before minutes are spent on the verdict.
      if (baseline !== undefined) refuseIncomparable(await requireRecord(runKind, baseline), run);
      const connection = await connect({ stage: run.stage, region: fleet.region, stateDirectory });
      // By its metrics a system is judged all the same.
      const systems = await findPublished(connection.clients, run.stage, [], ({ message }) =>
        context.output.progress(message),
      );
      const target = {
        stage: run.stage,
        fleet,
        configurationHash: run.configurationHash,
        connection,
        systems,
      };
      if (profileOf(run).finds === 'breakpoint') {
        const breakpoint = await findBreakpoint(context, target, run, dirname(runFile));
        const note = breakpoint.rehearsal ? [`  ${rehearsalNote}`] : [];
        context.output.answer(
          options.json ? JSON.stringify(breakpoint) : [...note, formatBreakpoint(breakpoint)].join('\n'),
        );
        await reportRun(context.output, dirname(runFile));
        return done(exitCodeOfBreakpoint(breakpoint));
      }
      const verdict = await judgeRun(context, target, run, dirname(runFile));
      const { color, width } = context.output;
      const comparison =
        baseline === undefined
          ? undefined
          : await compareWithBaseline(context.clock, baseline, runFile, options.regression);
      context.output.answer(
        options.json
          ? JSON.stringify({ ...verdict, ...(comparison ? { comparison } : {}) })
          : [
              formatVerdict(verdict, { color, width, detail: options.all ? 'all' : 'signals' }),
              ...(comparison ? [formatComparison(comparison, { color, width })] : []),
            ].join('\n'),
      );
      if (verdict.verdict !== 'pass') {
        for (const line of await failuresOfRun(context, target, run)) context.output.progress(line);
      }
      await reportRun(context.output, dirname(runFile));
      if (process.env['GITHUB_ACTIONS'] === 'true') context.output.command(githubAnnotations(verdict));
      if (options.junit !== undefined) {
        await writeJunit(options.junit, verdict);
        context.output.progress(`JUnit: ${options.junit}`);
      }
      if (options.record && verdict.verdict === 'inconclusive') {
        context.output.progress('nothing was recorded: an inconclusive verdict is no evidence');
      } else if (options.record) {
        const evidence = deploymentEvidenceOf(run, verdict, await hashRelease(fleet.service));
        const kept = await recordDeploymentEvidence(connection.clients.ssm, evidence);
        context.output.progress(
          kept === evidence
            ? `recorded as the evidence of stage ${run.stage}`
            : `nothing was recorded: stage ${run.stage} already has the evidence of a later run, ${kept.runId}`,
        );
      }
      const compared = comparison ? [exitCodeOfComparison(comparison)] : [];
      done(strongest([exitCodeOfVerdict(verdict), ...compared]));
    });
}
