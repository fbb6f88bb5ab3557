import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { signalsOf } from '../../monitoring/signals.ts';
import { placeOfAll, type Place } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import { adviceFor, type Sizes } from './advice.ts';
import { capacityOf } from './capacity.ts';
import { loadMismatchesOf } from './loadMismatches.ts';
import { loadByPeriod } from './loadByPeriod.ts';
import { periodsWithRequests, type HeldPeriods } from './heldPeriods.ts';
import { askRun, askSystemRun } from './runQuestions.ts';
import { askSignal, unexplainedGaps, type SignalReading } from './signalQuestion.ts';
import { outliersOf } from './outliers.ts';
import type { VerdictFile, VerdictRecord } from '../../records/verdict.ts';

/** A system of the stage and the load it must carry with its reserve intact. */
export interface JudgedSystem extends MonitoredSystem {
  expectedRequestsPerSecond: number;
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
  /** What each of them has. */
  sizes: Sizes;
  periods: HeldPeriods;
  /** Over ramp and hold; the verdict is about the hold. */
  metrics: MetricValues;
  remarks?: MetricRemarks;
  /** Where they were read. */
  place: Place;
  judgedAtMs: number;
}

/** What follows from a run and the metrics of its hold. The same input always gives the same verdict. */
export function judge(input: JudgeInput): VerdictFile {
  const { run, systems, sizes, periods, judgedAtMs } = input;
  const measured = systems.map((system) => {
    const signals = signalReadings(input, system);
    const startsMs = new Set(signals.flatMap(({ values }) => [...values.keys()]));
    const loads = loadByPeriod(run, system.system, startsMs, periods.periodSeconds);
    return { system, signals, held: heldOnly(signals, periods), loads };
  });
  const records = [
    ...measured.flatMap(({ system, held }) => [
      ...held.map((reading) => askSignal(reading, periods)),
      ...askSystemRun(system.system, run, system.expectedRequestsPerSecond),
    ]),
    ...askRun(
      run,
      systems.map(({ system }) => system),
    ),
  ];
  const place = placeOfAll(run.place, input.place);
  return {
    schemaVersion: 1,
    runId: run.runId,
    stage: run.stage,
    place,
    rehearsal: place === 'local',
    judgedAt: new Date(judgedAtMs).toISOString(),
    configurationHash: run.configurationHash,
    verdict: strongest(records),
    records,
    standingOut: outliersOf(
      measured.flatMap(({ held }) => held),
      records,
    ),
    capacity: measured.map(({ system, signals, loads }) => capacityOf(system.system, signals, loads)),
    disagreements: measured.flatMap(({ system, signals, loads }) =>
      loadMismatchesOf(system.system, signals, loads, periods),
    ),
    advice: adviceFor(records, sizes),
  };
}

/** Values without which some verdict would be inconclusive: what is worth waiting for. */
export const missingValues = (input: JudgeInput): number =>
  input.systems
    .flatMap((system) => heldOnly(signalReadings(input, system), input.periods))
    .reduce(
      (sum, reading) =>
        sum +
        (reading.values.size === 0
          ? input.periods.startsMs.length
          : unexplainedGaps(reading, input.periods).length),
      0,
    );

const nothing: ReadonlyMap<number, number> = new Map();

/** What was measured over ramp and hold. */
function signalReadings(
  { run, periods, metrics, remarks }: JudgeInput,
  system: JudgedSystem,
): SignalReading[] {
  const withRequests = periodsWithRequests(run, system.system, periods);
  return Object.values(signalsOf(system, periods.periodSeconds)).map((metricSignal) => ({
    system: system.system,
    metricSignal,
    values: metrics.get(metricKey(system.system, metricSignal.id)) ?? nothing,
    remark: remarks?.get(metricKey(system.system, metricSignal.id)),
    withRequests,
  }));
}

/** The same over the hold alone. */
function heldOnly(readings: readonly SignalReading[], { startsMs }: HeldPeriods): SignalReading[] {
  const held = new Set(startsMs);
  return readings.map((reading) => ({
    ...reading,
    values: new Map([...reading.values].filter(([startMs]) => held.has(startMs))),
  }));
}

/** In the order of the exit codes: what is not known weighs more than what failed. */
const weights: Readonly<Record<VerdictFile['verdict'], number>> = { pass: 0, fail: 1, inconclusive: 2 };

const strongest = (records: readonly VerdictRecord[]): VerdictFile['verdict'] =>
  records.reduce<VerdictFile['verdict']>(
    (heaviest, { verdict }) => (weights[verdict] > weights[heaviest] ? verdict : heaviest),
    'pass',
  );
