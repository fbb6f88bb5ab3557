import type { z } from 'zod';
import type { BreakpointRecord, Outcome, RecoveryRecord, RunReport, RunSummary, Span } from '../wire.ts';
import { faultsOf, type JournalLine } from './journal.ts';
import type { drillSchema, runSchema, verdictSchema } from './records.ts';

export interface Records {
  run: z.output<typeof runSchema> | null;
  verdict: z.output<typeof verdictSchema> | null;
  recovery: RecoveryRecord | null;
  breakpoint: BreakpointRecord | null;
  drill: z.output<typeof drillSchema> | null;
  journal: JournalLine[];
}

/** A run's report from its files; null when none of them tells what it was. */
export function reportOf(id: string, records: Records): RunReport | null {
  const { run, verdict, recovery, breakpoint, drill } = records;
  const summary = drillSummary(id, records) ?? (run ? loadSummary(id, run, records) : null);
  return summary && { summary, run, verdict, recovery, breakpoint, drill };
}

function loadSummary(id: string, run: NonNullable<Records['run']>, records: Records): RunSummary {
  const { verdict, recovery, breakpoint } = records;
  const requests = run.systems.reduce((sum, { hold }) => sum + hold.requests, 0);
  const failed = run.systems.reduce((sum, { hold }) => sum + hold.failed, 0);
  const failedRecords = verdict?.records.filter((record) => record.verdict === 'fail') ?? [];
  const [first] = failedRecords;
  const more = failedRecords.length > 1 ? ` (and ${failedRecords.length - 1} more)` : '';
  return {
    id,
    kind: 'load',
    name: run.profile,
    stage: run.stage,
    place: run.place,
    startMs: Date.parse(run.windows.run.start),
    endMs: Date.parse(run.windows.run.end),
    outcome: outcomeOfLoad(run, records),
    headline: first
      ? `${first.system ?? 'the run'}: ${first.reason}${more}`
      : (breakpoint?.reason ??
        afterSpike(recovery) ??
        run.reason ??
        `${requests.toLocaleString('en-GB')} requests of ${run.systems.length} systems` +
          `${run.paced ? ` in the ${parts[run.profile] ?? 'hold'}` : ''}, ${failed} failed`),
    hold: run.paced ? spanOf(run.windows.hold) : null,
    faults: [],
  };
}

/** What a run's figures are about, where it is not called a hold. */
const parts: Readonly<Record<string, string>> = { spike: 'spike', breakpoint: 'climb' };

function afterSpike(recovery: RecoveryRecord | null): string | undefined {
  if (!recovery) return undefined;
  const { answer, systems } = recovery;
  if (answer === 'recovered') {
    const slowest = Math.max(0, ...systems.map(({ backAfterSeconds }) => backAfterSeconds ?? 0));
    return `errors and latency as before the spike everywhere, after ${slowest} s at most`;
  }
  const trouble = systems.find((system) => system.answer === answer);
  return trouble && `${trouble.system}: ${trouble.reason}`;
}

function outcomeOfLoad(
  run: NonNullable<Records['run']>,
  { verdict, recovery, breakpoint }: Records,
): Outcome {
  if (verdict)
    return ({ pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const)[verdict.verdict];
  // Where it breaks is neither good nor bad.
  if (breakpoint) return breakpoint.answer === 'inconclusive' ? 'inconclusive' : 'answered';
  if (run.abortedBy) return 'failed';
  if (!run.complete) return 'interrupted';
  if (recovery?.answer === 'inconclusive') return 'inconclusive';
  if (recovery?.answer === 'notRecovered') return 'failed';
  if (run.thresholds.some(({ ok }) => !ok)) return 'failed';
  // A threshold judges by itself; without one, only the gate can.
  return run.thresholds.length > 0 ? 'passed' : 'notJudged';
}

function drillSummary(id: string, { drill, journal }: Records): RunSummary | null {
  const begin = journal.find((line) => line.kind === 'begin');
  if (!begin && !drill) return null;
  const name = drill?.drill ?? begin?.drill ?? '';
  const times = [
    ...journal.map(({ at }) => Date.parse(at)),
    ...(drill?.timeline.flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)]) ?? []),
  ];
  const faults = faultsOf(journal);
  const outcomes: Record<string, Outcome> = {
    passed: 'passed',
    failed: 'failed',
    invalid: 'inconclusive',
    interrupted: 'interrupted',
  };
  const left = faults.some(({ endMs }) => endMs === null);
  return {
    id,
    kind: 'drill',
    name,
    stage: drill?.stage ?? begin?.stage ?? '',
    place: drill?.place ?? begin?.place ?? '',
    startMs: Math.min(...times),
    endMs: Math.max(...times),
    outcome: (drill && outcomes[drill.verdict]) ?? 'interrupted',
    headline:
      drill?.reason ??
      (left
        ? 'its process ended with the fault in place: undo it with "headroom chaos restore"'
        : 'its process ended before its result was written'),
    hold: null,
    faults,
  };
}

const spanOf = ({ start, end }: { start: string; end: string }): Span => ({
  startMs: Date.parse(start),
  endMs: Date.parse(end),
});
