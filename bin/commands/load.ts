import { Command } from 'commander';
import type { BreakpointFile } from '../../records/breakpoint.ts';
import { wholeDocument } from '../../fleet/discovery.ts';
import { fieldsMissing, messageParts, type PublishedDocument } from '../../fleet/systemDocument.ts';
import type { DeliveryFile } from '../../records/delivery.ts';
import { formatDelivery } from '../../loadtests/messages/delivery.ts';
import { formatBreakpoint } from '../../loadtests/gate/formatBreakpoint.ts';
import { formatRecovery } from '../../loadtests/gate/formatRecovery.ts';
import { otherRuns } from '../../fleet/profileNames.ts';
import type { RecoveryFile } from '../../records/recovery.ts';
import type { RunFile } from '../../records/run.ts';
import { shortcomingsOf } from '../../loadtests/gate/judgeable.ts';
import {
  profileNamed,
  profileOf,
  profileOfLoad,
  profiles,
  profilesThat,
  takesMessages,
  type OwnScript,
  type Profile,
} from '../../loadtests/runner/load.ts';
import type { Segment } from '../../loadtests/runner/executionSegment.ts';
import { Share, wholeShare } from '../../loadtests/runner/share.ts';
import { summaryLines } from '../../loadtests/runner/summary.ts';
import { newRunDirectory, readFleet, type Context } from '../context.ts';
import { loadArgument, scriptToLoad } from '../loadArgument.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, strongest, type ExitCode } from '../exitCodes.ts';
import {
  configOption,
  engineOption,
  factor,
  holdOption,
  instancesOption,
  jsonOption,
  keepDataOption,
  rampOption,
  segmentOption,
  sequenceOption,
  stageOption,
  systemOption,
  type EngineName,
} from '../options.ts';
import { reportRun } from '../report.ts';
import { planLoad, type PlannedLoad } from '../planLoad.ts';
import { reachPublished } from '../target.ts';
import {
  exitCodeOfBreakpoint,
  exitCodeOfDelivery,
  exitCodeOfRecovery,
  exitCodeOfRun,
} from '../exitCodeOf.ts';
import { loadStage, mostMessages } from '../../operations/loadStage.ts';
import { keepMessagesOfRun } from '../../operations/messagesOfRun.ts';
import { findBreakpoint } from '../../operations/findBreakpoint.ts';
import { findDelivery } from '../../operations/findDelivery.ts';
import { findRecovery } from '../../operations/findRecovery.ts';
import type { Target } from '../../operations/target.ts';
import { acknowledgedByLoad } from '../../operations/testRows/acknowledged.ts';
import { whilePublishing } from '../../operations/testRows/whilePublishing.ts';

interface LoadCommandOptions {
  config: string;
  stage: string;
  system: string[];
  engine: EngineName;
  ramp?: number;
  hold?: number;
  rateScale?: number;
  instances: number;
  executionSegment?: Segment;
  executionSegmentSequence?: Segment[];
  unjudged: boolean;
  messages: boolean;
  keepData: boolean;
  json: boolean;
}

/** @throws UsageError for an option that the profile or the script would ignore. */
function refuseIgnored(
  name: string,
  { paced }: Profile,
  script: OwnScript | undefined,
  command: Command,
): void {
  if (script) {
    if (command.getOptionValueSource('rateScale') !== 'cli') return;
    throw new UsageError(`${name} sets its own rates: leave out --rate-scale.`);
  }
  if (command.getOptionValueSource('messages') === 'cli') {
    throw new UsageError(`${name} is a profile, which decides what it sends: leave out --no-messages.`);
  }
  const ignored = paced ? (paced.hasHold ? [] : ['hold']) : ['ramp', 'hold', 'rateScale'];
  if (paced?.judgedByPeriods !== true && command.getOptionValueSource('unjudged') === 'cli') {
    throw new UsageError(`${name} gives its answer whatever its length: leave out --unjudged.`);
  }
  const given = ignored.filter((option) => command.getOptionValueSource(option) === 'cli');
  if (given.length === 0) return;
  const flags = command.options
    .filter((option) => given.includes(option.attributeName()))
    .map(({ long }) => long)
    .join(', ');
  if (paced)
    throw new UsageError(
      `${name} climbs all the time and has no hold: leave out ${flags}; --ramp sets the climb.`,
    );
  const others = profilesThat((other) => other.paced !== null).join(' or ');
  throw new UsageError(`${name} sends each request once, at no rate: leave out ${flags}, or run ${others}.`);
}

/** What this process has of the load. @throws UsageError for a profile whose answer is found while it runs */
function shareOf(
  name: string,
  profile: Profile,
  { executionSegment: segment, executionSegmentSequence: sequence, instances }: LoadCommandOptions,
): Share {
  if (segment && instances > 1) {
    throw new UsageError('--instances gives each its execution segment: leave out --execution-segment.');
  }
  if (!segment) {
    if (sequence) throw new UsageError('--execution-segment-sequence goes with an --execution-segment.');
    return wholeShare;
  }
  if (!profile.sharable) {
    throw new UsageError(`${name} needs one process that sees all of it: leave out --execution-segment.`);
  }
  return Share.of(segment, sequence ?? null);
}

/** What the gate will not be able to say of this run. */
function shortcomings(
  profile: Profile,
  { run }: PlannedLoad,
  { rateScale, unjudged }: LoadCommandOptions,
  target: Target<PublishedDocument>,
): string[] {
  if (run === null) return [];
  const withoutMessages = target.systems
    .filter((document) => document.expectedPeak.messagesPerSecond > 0 && !takesMessages(document))
    .map((document) => {
      const lacking = fieldsMissing(document, messageParts);
      return `note: no messages are sent to ${document.system}: it lacks ${lacking}`;
    });
  if (unjudged || !run.paced.hasHold || !run.paced.judgedByPeriods) return withoutMessages;
  const unsaid = shortcomingsOf(run, {
    rateScale: rateScale ?? run.paced.rateScale,
    systems: target.systems.length,
    ofSystems: target.fleet.systems.length,
    mayBeEvidence: profile.judged === 'evidence' && target.connection.place === 'aws',
  });
  return [...withoutMessages, ...unsaid.map((shortcoming) => `note: ${shortcoming}`)];
}

/** What --help tells of each profile, with its defaults. */
function profilesHelp(): string {
  const width = Math.max(...profiles.map((name) => name.length));
  const rows = profiles.map((name) => {
    const { description, paced } = profileNamed(name);
    const indent = ' '.repeat(width + 4);
    if (!paced) return `  ${name.padEnd(width)}  ${description}`;
    const { local, aws } = paced.defaults;
    const both = (of: 'rampSeconds' | 'holdSeconds') =>
      local[of] === aws[of] ? `${local[of]}` : `${local[of]} here, ${aws[of]} on AWS`;
    const defaults = [
      `--ramp ${both('rampSeconds')}`,
      ...(paced.hasHold ? [`--hold ${both('holdSeconds')}`] : []),
      `--rate-scale ${paced.rateScale}`,
    ].join('; ');
    return `  ${name.padEnd(width)}  ${description}\n${indent}(${defaults})`;
  });
  return `
Profiles, with their defaults:
${rows.join('\n')}

A profile of the service's contract is run by its name, as its script is.
A path such as ./checkout.ts runs that k6 script as it is: with k6 if it is on PATH, otherwise with the embedded engine.
--ramp and --hold say where its hold is, which the gate judges. The script reads HEADROOM_URL and HEADROOM_SYSTEM (of the one
--system) or HEADROOM_TARGETS (of all), HEADROOM_REGION and the AWS_* variables; see docs/own-scripts.md.`;
}

export function loadCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('load')
    .description(
      'run a load profile, or a k6 script of your own, against a stage; the record is written below .headroom/runs',
    )
    .addArgument(loadArgument())
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .addOption(engineOption())
    .addOption(
      rampOption('time until the rate is reached; for a spike also the way back, for a breakpoint the climb'),
    )
    .addOption(holdOption('time at that rate'))
    .option('--rate-scale <factor>', "a profile's rate, as a multiple of the expected peak", factor)
    .option('--unjudged', 'allow a load too short to be judged, just to see how the systems behave', false)
    .option('--no-messages', "with a script of your own, leave out the systems' expected messages")
    .addOption(instancesOption())
    .addOption(segmentOption())
    .addOption(sequenceOption())
    .addOption(keepDataOption())
    .addOption(jsonOption())
    .addHelpText('after', profilesHelp())
    .action(async (what: string, options: LoadCommandOptions, command: Command) => {
      const { service } = (await readFleet(options.config)).fleet;
      const asked = await scriptToLoad(what, options, service);
      const { name, script } = asked ?? { name: what, script: undefined };
      const loaded = { profile: name, ...(script && { script }) };
      const profile = profileOfLoad({ ...loaded, service });
      refuseIgnored(name, profile, script, command);
      const share = shareOf(name, profile, options);
      const shape = asked && { ramp: asked.shape.rampSeconds, hold: asked.shape.holdSeconds };
      const planned = await planLoad(profile, { ...options, ...shape });
      const target = await reachPublished(options);
      const publishedTo = { ...target, systems: target.systems.filter(takesMessages) };
      if (profile.finds === 'delivery') target.systems.forEach(wholeDocument);
      for (const shortcoming of shortcomings(profile, planned, options, target))
        context.output.progress(shortcoming);
      const directory = newRunDirectory(context.clock, script ? otherRuns.scripts : name);
      // Nobody would know which part of the messages goes with a part of a script.
      const isSplit = script !== undefined && (!share.isWhole || options.instances > 1);
      if (isSplit && script.isHeld && options.messages) {
        context.output.progress(
          'note: a script that is split runs without the messages that its systems expect',
        );
      }
      const load = {
        ...loaded,
        withoutMessages: !options.messages || isSplit,
        // The answer for a machine stands alone there.
        onOutput: options.json ? context.output.progress : context.output.answer,
        engine: options.engine,
        share,
        instances: options.instances,
        ...planned.shape,
        ...(options.rateScale === undefined ? {} : { rateScale: options.rateScale }),
      };
      const messages = mostMessages(target, load);
      const publishing = {
        keepData: options.keepData || messages === 0,
        // Gate and collect know of the whole alone, which is not there yet.
        removedLater: !share.isWhole,
        mostMessages: messages,
      };
      const code = await whilePublishing(
        context,
        publishedTo,
        directory,
        publishing,
        async (firstMessageId) => {
          const run = await loadStage(context, target, { ...load, firstMessageId }, directory);
          if (!publishing.keepData && share.isWhole && !context.signal.aborted) {
            await keepMessagesOfRun(context, target, run, directory);
          }
          const result = await tell(context, target, run, directory, { ...options, share });
          return { result, acknowledged: acknowledgedByLoad(run) };
        },
      );
      done(code);
    });
}

/** Says what a load has found, and what it ends with. */
async function tell(
  context: Context,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
  options: LoadCommandOptions & { share: Share },
): Promise<ExitCode> {
  const { output } = context;
  const { share, json } = options;
  if (!share.isWhole) {
    output.answer(json ? JSON.stringify(run) : summaryLines(run).join('\n'));
    output.progress(`part ${share.segment} of the load: ${directory}/part.json`);
    // Thresholds have seen a part: collect judges them.
    return run.complete ? exitCodes.passed : exitCodeOfRun(run);
  }
  const { text, code, ...found } = await answerOf(context, target, run, directory, options);
  output.answer(json ? JSON.stringify({ ...run, ...found }) : [...summaryLines(run), ...text].join('\n'));
  output.progress(`record: ${directory}/run.json`);
  await reportRun(output, directory);
  return strongest([exitCodeOfRun(run), code]);
}

interface Answer {
  text: string[];
  code: ExitCode;
  breakpoint?: BreakpointFile;
  recovery?: RecoveryFile;
  delivery?: DeliveryFile;
}

/** What the profile was run to find out, beyond its thresholds. */
async function answerOf(
  context: Context,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
  { unjudged }: LoadCommandOptions,
): Promise<Answer> {
  const recovery = await findRecovery(context, run, directory);
  if (recovery) return { text: [formatRecovery(recovery)], code: exitCodeOfRecovery(recovery), recovery };
  const { finds } = profileOf(run);
  if (finds === 'delivery' && !context.signal.aborted) {
    const whole = { ...target, systems: target.systems.map(wholeDocument) };
    const delivery = await findDelivery(context, whole, run, directory);
    return { text: [formatDelivery(delivery)], code: exitCodeOfDelivery(delivery), delivery };
  }
  // Interrupted, nobody waits for metrics.
  if (finds !== 'breakpoint' || unjudged || context.signal.aborted)
    return { text: [], code: exitCodes.passed };
  const breakpoint = await findBreakpoint(context, target, run, directory);
  return { text: [formatBreakpoint(breakpoint)], code: exitCodeOfBreakpoint(breakpoint), breakpoint };
}
