import { configOf, type StageConfig } from '../../fleet/fleet.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { isSignal, toReaderUnit } from '../../monitoring/signals.ts';
import { aboutRun } from '../../records/aboutRun.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import { blockMeans } from '../compare/blocks.ts';
import { adviceFor } from './advice.ts';
import { noScheduleOf } from './closedLoop.ts';
import { coarseSeries } from './coarseSeries.ts';
import { answerOfAll } from './answerOfAll.ts';
import type { Values } from './headroom/measuredUse.ts';
import { loadMismatchesOf } from './loadMismatches.ts';
import { loadByPeriod } from './loadByPeriod.ts';
import { periodsUnderLoad, type HeldPeriods } from './heldPeriods.ts';
import { doubtsOf } from './runDoubts.ts';
import { askRun, askSystemRun, isGeneratorsOwn, mustMeetMessages } from './runQuestions.ts';
import { askSignal, unexplainedGaps, type SignalReading } from './signalQuestion.ts';
import { outliersOf } from './outliers.ts';
import { implausibleReadings } from './plausibility.ts';
import { questionsOf, unstoredId, type Question } from './questions.ts';
import { unstoredByPeriod } from './unstored.ts';
import { allAreStored, askStored, askUncounted, type SeenMessages } from './storedByIds.ts';
import { askLacking, unaskedOf } from './lacking.ts';
import { askSameLoad, loadCountOf } from './sameLoad.ts';
import { measuredSystemOf, systemHeadroomOf } from './systemHeadroom.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/** A system of the stage and the load it must carry with its reserve intact. */
export interface JudgedSystem extends MonitoredSystem {
  expectedRequestsPerSecond: number;
  expectedMessagesPerSecond: number;
}

/** What CloudWatch said: values of a system's signal in the metric's own unit, by the period's start in ms. */
export type MetricValues = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What CloudWatch said of a system's signal beside its values: why some are missing, where it knows. */
export type MetricRemarks = ReadonlyMap<string, string>;

export interface MetricsRead {
  metrics: MetricValues;
  remarks: MetricRemarks;
}

/** Key of a system's signal in {@link MetricValues} and {@link MetricRemarks}. */
export const metricKey = (system: string, signalId: string): string => `${system}/${signalId}`;

export interface JudgeInput {
  run: RunFile;
  /** Every system of the stage: the denominator, whatever the run loaded. */
  systems: readonly JudgedSystem[];
  /** What they have, and what some have otherwise. */
  config: StageConfig;
  periods: HeldPeriods;
  /** Over ramp and hold; the verdict is about the hold. */
  metrics: MetricValues;
  remarks?: MetricRemarks;
  /** What became of each system's messages, by their ids; left out where nobody asked. */
  messages?: SeenMessages;
  /** Where they were read. */
  place: Place;
  judgedAtMs: number;
}

/**
 * The verdict alone, from a run and the metrics of its hold: every question with its answer. The same input
 * always gives the same verdict.
 */
export const verdictOf = (input: JudgeInput): Verdict => concluded(input, readingsOfAll(input));

type Verdict = Pick<VerdictFile, 'verdict' | 'records'>;

function concluded(input: JudgeInput, readings: readonly SystemReadings[]): Verdict {
  const { run, systems, periods } = input;
  const records = [
    ...readings.flatMap(({ system, readings: ofSystem }) => [
      ...ofSystem
        .map((reading) => askSignal(reading, periods))
        .map((record) =>
          record.signal === unstoredId ? askStored(record, input.messages?.get(system.system)) : record,
        ),
      ...(system.publishesOwnMetrics ? [] : askUncounted(system, input.messages?.get(system.system))),
      ...askSystemRun(run, system, periods),
      ...askLacking(system),
      ...[sameLoadOf(input, system)].filter((record) => record !== null),
    ]),
    ...askRun(
      run,
      systems.map(({ system }) => system),
    ),
  ];
  return { verdict: conclude(records), records };
}

/** Null where nothing counts the system's load. */
function sameLoadOf(input: JudgeInput, system: JudgedSystem): VerdictRecord | null {
  const { run, periods } = input;
  const count = loadCountOf(system, periods.periodSeconds);
  if (!count) return null;
  const counts = { of: count.of, values: valuesOf(input, system, count.measurement.id) };
  return askSameLoad(system.system, run, counts, periods);
}

/** What CloudWatch said of a measurement of a system, by its id. */
const valuesOf = ({ metrics }: JudgeInput, { system }: JudgedSystem, id: string): Values =>
  metrics.get(metricKey(system, id)) ?? nothing;

/** The verdict, and what the same figures say beside it. */
export function judge(input: JudgeInput): VerdictFile {
  const { run, config, periods, judgedAtMs } = input;
  const all = readingsOfAll(input);
  const { verdict, records } = concluded(input, all);
  const measured = all.map(({ system, readings }) => {
    // Shares of a resource: what grows with the load, and is compared.
    const signals = readings.filter(({ metricSignal }) => isSignal(metricSignal.id));
    const startsMs = new Set(signals.flatMap(({ values }) => [...values.keys()]));
    const loads = (load: Question['load']): ReadonlyMap<number, number> =>
      loadByPeriod(run, system.system, startsMs, periods.periodSeconds, load);
    const plausible = new Map(readings.map(({ metricSignal, values }) => [metricSignal.id, values]));
    const resources = measuredSystemOf(
      run,
      system,
      periods.periodSeconds,
      (id) => plausible.get(id) ?? valuesOf(input, system, id),
    );
    return { system, signals, loads, resources };
  });
  const doubt = doubtsOf(run).own ?? coarseSeries(run, periods.periodSeconds);
  const headroom = measured.map(({ resources }) => systemHeadroomOf(resources, doubt));
  const place = placeOfAll(run.place, input.place);
  const noSchedule = noScheduleOf(run);
  const unasked = input.systems.filter((system) => !system.publishesOwnMetrics).flatMap(unaskedOf);
  return {
    schemaVersion: 2,
    ...aboutRun(run, place),
    judgedAt: new Date(judgedAtMs).toISOString(),
    configurationHash: run.configurationHash,
    heldPeriods: periods.startsMs.length,
    verdict,
    records,
    ...(unasked.length > 0 && { unasked }),
    ...(noSchedule !== null && { noSchedule }),
    standingOut: outliersOf(
      measured.flatMap(({ signals }) => heldOnly(signals, periods)),
      records,
    ),
    headroom,
    disagreements: measured.flatMap(({ system, signals, loads }) =>
      loadMismatchesOf(system.system, signals, loads, periods),
    ),
    advice:
      doubt === null
        ? adviceFor({
            systems: measured.map(({ resources }) => resources),
            headroom,
            config,
            verdict,
            rehearsal: place === 'local',
          })
        : [],
    uses: measured.flatMap(({ signals }) => heldOnly(signals, periods).map(useOf)),
  };
}

/** Values without which some verdict would be inconclusive: what is worth waiting for. */
export const missingValues = (input: JudgeInput): number =>
  input.systems.reduce(
    (sum, system) =>
      sum +
      missingInvocations(input, system) +
      readingsOf(input, system).reduce((of, reading) => of + missingOf(reading, input.periods), 0),
    0,
  );

/** None of them counted: {@link askSameLoad} needs one at least. */
const missingInvocations = (input: JudgeInput, system: JudgedSystem): number => {
  const same = sameLoadOf(input, system);
  return same?.worst === null ? input.periods.startsMs.length : 0;
};

function missingOf(reading: SignalReading, periods: HeldPeriods): number {
  const hasNone = !periods.startsMs.some((startMs) => reading.values.has(startMs));
  return hasNone && reading.metricSignal.silence !== 'nothing'
    ? periods.startsMs.length
    : unexplainedGaps(reading, periods).length;
}

const nothing: ReadonlyMap<number, number> = new Map();

interface SystemReadings {
  system: JudgedSystem;
  readings: readonly SignalReading[];
}

const readingsOfAll = (input: JudgeInput): SystemReadings[] =>
  input.systems.map((system) => ({ system, readings: readingsOf(input, system) }));

/** What was measured over ramp and hold, without what cannot be true. */
function readingsOf(input: JudgeInput, system: JudgedSystem): SignalReading[] {
  const { run, periods, remarks } = input;
  const config = configOf(input.config, system.system);
  const underLoad = {
    requests: periodsUnderLoad(run, system.system, periods, 'requests'),
    messages: periodsUnderLoad(run, system.system, periods, 'messages'),
  };
  const place = placeOfAll(run.place, input.place);
  const memoryMiB = { api: config.api.memoryMiB, subscriber: config.subscriber.memoryMiB };
  return questionsOf(system, periods.periodSeconds).map((question) => {
    const { id, load } = question;
    const said = {
      system: system.system,
      // A subscriber that nobody calls has nothing to publish.
      metricSignal:
        load === 'messages' && !mustMeetMessages(run, system)
          ? { ...question, silence: 'nothing' as const }
          : question,
      values:
        id === unstoredId
          ? unstoredByPeriod(
              run,
              system.system,
              periods.periodSeconds,
              valuesOf(input, system, id),
              valuesOf(input, system, 'subscriberMemory').keys(),
            )
          : valuesOf(input, system, id),
      remark:
        remarks?.get(metricKey(system.system, id)) ?? (question.heardBy === 'ids' ? ofQueues : undefined),
      underLoad: underLoad[load],
      heard: heardOf(input, system, question),
    };
    const { startsMs, reason } = implausibleReadings(said, { place, memoryMiB });
    return {
      ...said,
      values: new Map([...said.values].filter(([startMs]) => !startsMs.has(startMs))),
      implausible: reason,
    };
  });
}

/** Why a queue's count may be missing, where the messages' ids do not tell either. */
const ofQueues =
  'SQS publishes nothing about a queue that was unused for six hours, and may take a quarter of an hour to resume.';

const none: ReadonlySet<number> = new Set();

/** The periods of which something else tells that what was not published was not there. */
function heardOf(input: JudgeInput, system: JudgedSystem, { heardBy }: Question): ReadonlySet<number> {
  if (heardBy === undefined) return none;
  if (heardBy !== 'ids') return new Set(valuesOf(input, system, heardBy).keys());
  return allAreStored(input.messages?.get(system.system)) ? new Set(input.periods.startsMs) : none;
}

/** For a comparison with another run. */
function useOf({ system, metricSignal, values }: SignalReading): NonNullable<VerdictFile['uses']>[number] {
  const inOrder = [...values].sort(([a], [b]) => a - b).map(([, value]) => toReaderUnit(metricSignal, value));
  return { system, signal: metricSignal.id, blocks: blockMeans(inOrder) };
}

/** The same over the hold alone. */
function heldOnly(readings: readonly SignalReading[], { startsMs }: HeldPeriods): SignalReading[] {
  const held = new Set(startsMs);
  return readings.map((reading) => ({
    ...reading,
    values: new Map([...reading.values].filter(([startMs]) => held.has(startMs))),
  }));
}

/** The answer of all; save where what failed may be the generator's own doing, which then proves nothing. */
const conclude = (records: readonly VerdictRecord[]): VerdictFile['verdict'] =>
  records.some(isGeneratorsOwn)
    ? 'inconclusive'
    : answerOfAll<VerdictFile['verdict']>(
        records.map(({ verdict }) => verdict),
        { failed: 'fail', unknown: 'inconclusive', good: 'pass' },
      );
