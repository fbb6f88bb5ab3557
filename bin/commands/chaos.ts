import { hostname } from 'node:os';
import { Argument, Command, Option } from 'commander';
import { DrillRefusedError } from '../../chaos/errors.ts';
import { formatDryRun } from '../../chaos/formatDryRun.ts';
import { formatDrill } from '../../chaos/formatDrill.ts';
import { drills } from '../../chaos/drills/index.ts';
import { formatEndings, type DrillEnding } from '../../chaos/formatEndings.ts';
import type { DrillResult } from '../../records/drill.ts';
import { formatRestored, leavesSomething } from '../../chaos/formatRestored.ts';
import { restoreFromJournals } from '../../chaos/restore.ts';
import type { DrilledShare } from '../../chaos/scope.ts';
import { scopeInWords, type DrillScope } from '../../records/drillScope.ts';
import { restoreFromDocuments } from '../../chaos/restoreFromDocument.ts';
import { loadService } from '../../fleet/service.ts';
import { findPublished, type Target } from '../../operations/target.ts';
import { hasParts, type PublishedDocument } from '../../fleet/systemDocument.ts';
import { takesMessages } from '../../loadtests/runner/load.ts';
import { UsageError } from '../../operations/errors.ts';
import { newRunDirectory, runsDirectory, type Context } from '../context.ts';
import { exitCodes, strongest, type ExitCode } from '../exitCodes.ts';
import {
  configOption,
  engineOption,
  jsonOption,
  keepDataOption,
  sharePercent,
  stageOption,
  systemOption,
  type EngineName,
} from '../options.ts';
import { reportRun } from '../report.ts';
import { reachStage } from '../target.ts';
import { exitCodeOfDrill, exitCodeOfDryRun } from '../exitCodeOf.ts';
import { drillStage } from '../../operations/drillStage.ts';
import { findDrilled } from '../../operations/findDrilled.ts';
import { dryRunDrill } from '../../operations/dryRunDrill.ts';
import { limits } from '../../monitoring/limits.ts';
import { acknowledgedByDrill } from '../../operations/testRows/acknowledged.ts';
import { formatLeftRows } from '../../operations/testRows/formatLeftRows.ts';
import { leavesRows, removeLeftRows } from '../../operations/testRows/leftRows.ts';
import { whilePublishing } from '../../operations/testRows/whilePublishing.ts';

interface DrillCommandOptions {
  config: string;
  stage: string;
  system: string[];
  engine: EngineName;
  share?: number;
  seed?: string;
  all: boolean;
  dryRun: boolean;
  wait?: boolean;
  confirmProd?: string;
  keepData: boolean;
  json: boolean;
}

export function chaosCommand(context: Context, done: (code: ExitCode) => void): Command {
  const chaos = new Command('chaos')
    .description('break a stage on purpose, and show that it fails well and recovers')
    // Or it would take the options that stand behind "restore" for its own.
    .enablePositionalOptions()
    .addArgument(
      new Argument('[drill]', 'what to break; without it, the drills are listed').choices([...drills.keys()]),
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .addOption(engineOption().default('embedded'))
    .addOption(
      new Option('--share <percent>', 'only this share of the systems, such as 10%; at least one')
        .argParser(sharePercent)
        .conflicts('system'),
    )
    .option(
      '--seed <text>',
      'chooses which ones: the same text chooses the same systems (default: the date in UTC)',
    )
    .option('--all', 'every drill, one after the other', false)
    .option(
      '--wait',
      'wait until no alarm is firing instead of refusing to start; the default with --all and on a terminal',
    )
    .option('--no-wait', 'refuse to start at once if an alarm is firing')
    .option(
      '--dry-run',
      'say what it would do, whether the stage is fit for it and which permissions it has; changes nothing',
      false,
    )
    .option('--confirm-prod <stage>', "the stage's name again, to break production")
    .addOption(keepDataOption())
    .addOption(jsonOption())
    .action(async (name: string | undefined, options: DrillCommandOptions) => {
      if (name !== undefined && options.all) throw new UsageError('name a drill or give --all, not both.');
      const names = name === undefined ? [] : [name];
      if (options.all) names.push(...drills.keys());
      if (names.length === 0) {
        context.output.answer(options.json ? JSON.stringify(listOfDrills()) : formatDrills());
        return done(exitCodes.passed);
      }
      if (options.seed !== undefined && options.share === undefined) {
        throw new UsageError('--seed chooses the systems of a --share: give both.');
      }
      const reached = await reachStage(options);
      const { systems, scope } = await findDrilled(reached.connection.clients, options.stage, {
        names: options.system,
        share: shareOf(options, context.clock.now()),
      });
      const target = { ...reached, systems };
      if (options.dryRun) return done(await foretell(context, target, names, { ...options, scope }));
      const wait = options.wait ?? (options.all || context.output.interactive);
      const codes: ExitCode[] = [];
      const endings: DrillEnding[] = [];
      for (const one of names) {
        try {
          const result = await runOne(context, target, one, { ...options, wait, scope });
          codes.push(exitCodeOfDrill(result));
          endings.push(result);
        } catch (error) {
          // One that the guards refuse hides no other.
          if (!options.all || !(error instanceof DrillRefusedError)) throw error;
          context.output.progress(`${one}: ${error.message}`);
          codes.push(exitCodes.usage);
          endings.push({ drill: one, verdict: 'refused', reason: error.message });
        }
        if (context.signal.aborted) break;
      }
      if (options.all && !options.json) {
        context.output.answer(formatEndings(endings, drills.size, { color: context.output.color }));
      }
      done(strongest(codes));
    });
  chaos.addCommand(restoreCommand(context, done));
  return chaos;
}

/** A night drills other systems than the one before, and the same ones with each of its drills. */
const shareOf = ({ share, seed }: DrillCommandOptions, nowMs: number): DrilledShare | null =>
  share === undefined
    ? null
    : { percent: share, seed: seed ?? new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length) };

/** One drill with its record and its report; the next one begins whatever this one showed. */
async function runOne(
  context: Context,
  target: Target<PublishedDocument>,
  name: string,
  {
    wait,
    confirmProd,
    engine,
    keepData,
    json,
    scope,
  }: DrillCommandOptions & { wait: boolean; scope: DrillScope },
): Promise<DrillResult> {
  const { output, clock } = context;
  const names = target.systems.map(({ system }) => system);
  if (names.length < scope.stageSystems) output.progress(`drilling ${scopeInWords(names, scope)}`);
  const directory = newRunDirectory(clock, name);
  const publishing = { keepData, mostMessages: limits.messageIds.blockSize };
  const publishedTo = {
    ...target,
    systems: target.systems.filter(takesMessages),
  };
  return whilePublishing(context, publishedTo, directory, publishing, async (firstId) => {
    const result = await drillStage(context, target, name, directory, {
      scope,
      wait,
      confirmProd,
      engine,
      firstId,
    });
    output.answer(json ? JSON.stringify(result) : formatDrill(result, { color: output.color }));
    output.progress(`record: ${directory}`);
    await reportRun(output, directory);
    return { result, acknowledged: acknowledgedByDrill(result) };
  });
}

async function foretell(
  context: Context,
  target: Target<PublishedDocument>,
  names: readonly string[],
  { json, scope }: Pick<DrillCommandOptions, 'json'> & { scope: DrillScope },
): Promise<ExitCode> {
  const { output } = context;
  const codes: ExitCode[] = [];
  for (const name of names) {
    const found = await dryRunDrill(context, target, name, scope);
    output.answer(json ? JSON.stringify(found) : formatDryRun(found, { color: output.color }));
    codes.push(exitCodeOfDryRun(found));
  }
  return strongest(codes);
}

const listOfDrills = () => [...drills.values()].map(({ name, does }) => ({ name, does }));

function formatDrills(): string {
  const width = Math.max(...listOfDrills().map(({ name }) => name.length));
  return listOfDrills()
    .map(({ name, does }) => `${name.padEnd(width)}  ${does}`)
    .join('\n');
}

interface RestoreCommandOptions {
  config: string;
  stage: string;
  fromDocument: boolean;
  force: boolean;
  json: boolean;
}

function restoreCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('restore')
    .description('undo what a killed drill left; safe to repeat')
    .addOption(configOption())
    .addOption(stageOption())
    .option(
      '--from-document',
      "also restore each system's rule from its functions to its database, as its document describes it: for a drill " +
        'that was killed on another machine',
      false,
    )
    .option('--force', 'also undo the faults of drills that are still running on this machine', false)
    .addOption(jsonOption())
    .action(async (options: RestoreCommandOptions) => {
      const { connection, fleet } = await reachStage(options);
      const { clients } = connection;
      const journals = await restoreFromJournals({
        directory: runsDirectory,
        stage: options.stage,
        clients,
        clock,
        host: hostname(),
        force: options.force,
        onProgress: output.progress,
      });
      // Only now: a document that cannot be read keeps no fault in place. A stage that is not there is an error.
      const systems = await findPublished(clients, options.stage, []);
      const ruled = systems.filter((document) => hasParts(document, ['securityGroups']));
      const rules = await restoreFromDocuments(ruled, { clients, clock, lookOnly: !options.fromDocument });
      const restored = { stage: options.stage, journals, rules };
      // Last: what was published meanwhile is stored once the database is reached again.
      const left = await removeLeftRows({
        directory: runsDirectory,
        stage: options.stage,
        systems: systems.filter(takesMessages),
        connection,
        service: await loadService(fleet.service),
        clock,
        host: hostname(),
        force: options.force,
      });
      output.answer(
        options.json
          ? JSON.stringify({ ...restored, clients: left })
          : [formatRestored(restored), ...formatLeftRows(left)].join('\n'),
      );
      done(leavesSomething(restored) || leavesRows(left) ? exitCodes.failed : exitCodes.passed);
      // After all that could be undone is.
      const unreadable = [...journals, ...left].flatMap((one) => one.unreadable?.message ?? []);
      if (unreadable.length > 0) {
        throw new UsageError(
          `these records cannot be read, and what they describe may still be in place; check the stage:\n` +
            unreadable.join('\n'),
        );
      }
    });
}
