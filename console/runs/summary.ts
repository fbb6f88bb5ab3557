import { basename } from 'node:path';
import type { BreakpointFile } from '../../records/breakpoint.ts';
import type { DeliveryFile } from '../../records/delivery.ts';
import type { DrillResult } from '../../records/drill.ts';
import type { RecoveryFile } from '../../records/recovery.ts';
import type { RunFile } from '../../records/run.ts';
import type { RunRecords } from '../../records/runFolder.ts';
import type { VerdictFile } from '../../records/verdict.ts';
import { verdictInWords } from '../../records/verdictInWords.ts';
import type { Outcome, RunReport, RunSummary, Span } from '../wire.ts';
import { faultsOf } from './journal.ts';

/**
 * A run's report from its records; null when none of them tells what it was. A record that cannot be read makes
 * the run unreadable, whatever the others say.
 * @param foundMs stands for its time where no record tells it
 */
export function reportOf(id: string, records: RunRecords, foundMs = 0): RunReport | null {
  const { run, verdict, recovery, breakpoint, delivery, comparison, drill } = records;
  const unreadable = records.unreadable.map(({ message }) => message);
  const [headline] = unreadable;
  const readable = drillSummary(id, records) ?? (run ? loadSummary(id, run, records) : null);
  const summary =
    headline === undefined
      ? readable
      : { ...(readable ?? unknownSummary(id, foundMs)), outcome: 'unreadable' as const, headline };
  return summary && { summary, run, verdict, recovery, breakpoint, delivery, comparison, drill, unreadable };
}

const unknownSummary = (id: string, foundMs: number): Omit<RunSummary, 'outcome' | 'headline'> => ({
  id,
  kind: null,
  name: basename(id),
  stage: null,
  place: null,
  startMs: foundMs,
  endMs: foundMs,
  hold: null,
  faults: [],
});

function loadSummary(id: string, run: RunFile, records: RunRecords): RunSummary {
  const { verdict, recovery, breakpoint, delivery } = records;
  return {
    id,
    kind: 'load',
    name: run.profile,
    stage: run.stage,
    place: run.place,
    startMs: Date.parse(run.windows.run.start),
    endMs: Date.parse(run.windows.run.end),
    outcome: outcomeOfLoad(run, records),
    headline:
      (verdict && verdictInWords(verdict)) ??
      breakpoint?.reason ??
      afterSpike(recovery) ??
      delivered(delivery) ??
      run.reason ??
      leftOut(run) ??
      whatWasSent(run),
    hold: run.paced ? spanOf(run.windows.hold) : null,
    faults: [],
  };
}

function leftOut({ notLoaded, systems }: RunFile): string | undefined {
  const [first] = notLoaded ?? [];
  if (!notLoaded || !first) return undefined;
  return `${notLoaded.length} of ${notLoaded.length + systems.length} systems were not loaded; ${first.system}: ${first.reason}`;
}

function whatWasSent(run: RunFile): string {
  const { systems, paced, profile } = run;
  const sum = (of: (system: RunFile['systems'][number]) => number): number =>
    systems.reduce((total, system) => total + of(system), 0);
  const requests = sum(({ hold }) => hold.requests);
  const when = paced ? ` in the ${parts[profile] ?? 'hold'}` : '';
  return (
    `${requests.toLocaleString('en-GB')} requests to ${systems.length} systems${when}, ` +
    `${sum(({ hold }) => hold.failed)} failed`
  );
}

/** What a run's figures are about, where it is not called a hold. */
const parts: Readonly<Record<string, string>> = { spike: 'spike', breakpoint: 'climb' };

function afterSpike(recovery: RecoveryFile | null): string | undefined {
  if (!recovery) return undefined;
  const { answer, systems } = recovery;
  if (answer === 'recovered') {
    const slowest = Math.max(0, ...systems.map(({ backAfterSeconds }) => backAfterSeconds ?? 0));
    return `errors and latency as before the spike everywhere, after ${slowest} s at most`;
  }
  return firstThatAnswered(recovery);
}

function delivered(delivery: DeliveryFile | null): string | undefined {
  if (!delivery) return undefined;
  const { answer, systems } = delivery;
  if (answer === 'delivered') {
    const messages = systems.reduce((sum, system) => sum + (system.messages?.published ?? 0), 0);
    return `${messages.toLocaleString('en-GB')} messages published to ${systems.length} systems, each stored once`;
  }
  return firstThatAnswered(delivery);
}

/** Of the systems whose answer is that of all, the first with its reason. */
function firstThatAnswered({ answer, systems }: RecoveryFile | DeliveryFile): string | undefined {
  const first = systems.find((system) => system.answer === answer);
  return first && `${first.system}: ${first.reason}`;
}

const ofVerdict: Readonly<Record<VerdictFile['verdict'], Outcome>> = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'inconclusive',
};

/** Where it breaks is neither good nor bad. */
const ofBreakpoint: Readonly<Record<BreakpointFile['answer'], Outcome>> = {
  crossed: 'answered',
  notCrossed: 'answered',
  inconclusive: 'inconclusive',
};

/** Null: then the run's thresholds decide. */
const ofRecovery: Readonly<Record<RecoveryFile['answer'], Outcome | null>> = {
  recovered: null,
  notRecovered: 'failed',
  inconclusive: 'inconclusive',
};

/** Null: then the run's thresholds decide. */
const ofDelivery: Readonly<Record<DeliveryFile['answer'], Outcome | null>> = {
  delivered: null,
  notDelivered: 'failed',
  inconclusive: 'inconclusive',
};

const ofDrill: Readonly<Record<DrillResult['verdict'], Outcome>> = {
  passed: 'passed',
  failed: 'failed',
  invalid: 'inconclusive',
  interrupted: 'interrupted',
};

function outcomeOfLoad(run: RunFile, { verdict, recovery, breakpoint, delivery }: RunRecords): Outcome {
  if (verdict) return ofVerdict[verdict.verdict];
  if (breakpoint) return ofBreakpoint[breakpoint.answer];
  if (run.abortedBy) return 'failed';
  if (!run.complete) return 'interrupted';
  if (run.notLoaded) return 'inconclusive';
  const recovered = recovery && ofRecovery[recovery.answer];
  if (recovered !== null) return recovered;
  const arrived = delivery && ofDelivery[delivery.answer];
  if (arrived !== null) return arrived;
  if (run.thresholds.some(({ ok }) => !ok)) return 'failed';
  // A threshold judges by itself; without one, only the gate can.
  return run.thresholds.length > 0 ? 'passed' : 'notJudged';
}

function drillSummary(id: string, { drill, journal }: RunRecords): RunSummary | null {
  const entries = journal ?? [];
  const begin = entries.find((entry) => entry.kind === 'begin');
  const known = drill ?? begin;
  if (!known) return null;
  const times = [
    ...entries.map(({ at }) => Date.parse(at)),
    ...(drill?.timeline.flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)]) ?? []),
  ];
  const faults = faultsOf(entries);
  const left = faults.some(({ endMs }) => endMs === null);
  return {
    id,
    kind: 'drill',
    name: known.drill,
    stage: known.stage,
    place: known.place,
    startMs: Math.min(...times),
    endMs: Math.max(...times),
    outcome: drill ? ofDrill[drill.verdict] : 'interrupted',
    headline: drill ? asSentence(drill.reason) : whyWithoutResult(left),
    hold: null,
    faults,
  };
}

const whyWithoutResult = (left: boolean): string =>
  left
    ? 'Its process ended with the fault in place: undo it with "headroom chaos restore".'
    : 'Its process ended before its result was written.';

/** A drill's reason stands behind a colon elsewhere. */
const asSentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`;

const spanOf = ({ start, end }: { start: string; end: string }): Span => ({
  startMs: Date.parse(start),
  endMs: Date.parse(end),
});
