import type { BreakpointFile } from '../records/breakpoint.ts';
import type { ComparisonFile } from '../records/comparison.ts';
import type { DeliveryFile } from '../records/delivery.ts';
import type { DrillResult } from '../records/drill.ts';
import type { RecoveryFile } from '../records/recovery.ts';
import type { RunFile } from '../records/run.ts';
import type { VerdictFile } from '../records/verdict.ts';

/**
 * What the console's server tells its page: over /feed as server-sent events, and as answers of /api.
 * Types alone: the page is compiled for the browser and shares no code with the stage.
 */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Events of /feed by name. Each is sent at once when a page connects, then whenever it has changed. */
export interface Feed {
  stage: StageInfo;
  /** Every two seconds, also without any change: the stage lives. */
  tick: { nowMs: number };
  alarms: AlarmView[];
  systems: SystemView[];
  /** Load tests and drills under way, the oldest first. */
  running: RunningView[];
  /** Newest first. */
  runs: RunSummary[];
  /** What cannot be read of what is under way, by file and field. */
  unreadable: string[];
}

export interface StageInfo {
  stage: string;
  region: string;
  startedMs: number;
  periodSeconds: number;
  /** The load profile whose passed verdict is evidence: which to run first. */
  evidenceProfile: string;
}

export interface AlarmView {
  name: string;
  /** Null for an alarm of the whole fleet. */
  system: string | null;
  /** What it watches. */
  title: string;
  /** One sentence for who is woken. */
  meaning: string;
  state: AlarmState;
  reason: string;
  /** When the state last changed. */
  sinceMs: number;
  /** Of an alarm that is made of others; null for one of a metric. */
  composite: CompositeView | null;
  /** Id of its runbook, under /runbooks/; null without one. */
  runbook: string | null;
  /** Name of the dashboard that shows what it watches; null without one. */
  dashboard: string | null;
  /** Whether it tells somebody by itself, while nothing holds it back. */
  tells: boolean;
  /** Its runbook's first checks, to be copied as they are; none unless it is in alarm. */
  commands: string[];
}

export interface CompositeView {
  /** Titles of the alarms in ALARM that it is made of. */
  causes: string[];
  /** Of how many alarms it is made. */
  of: number;
  /** What keeps it from telling anybody at present; null when nothing does. */
  heldBack: { why: 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod'; by: string } | null;
}

export interface SystemView {
  name: string;
  /** Its colour on every dashboard; null when none draws it. */
  color: string | null;
  /** In alarm when one of its alarms is; without data when all of them are. */
  state: AlarmState;
  /** In the newest whole period; null without data. */
  requestsPerSecond: number | null;
  expectedRequestsPerSecond: number;
  signals: SignalView[];
}

export interface SignalView {
  id: string;
  title: string;
  /** Newest value, percent; null without data. */
  percent: number | null;
  /** In percent: at or above it the reserve is gone. */
  limitPercent: number;
}

/** A stretch of time that is marked on every plot. */
export interface Span {
  startMs: number;
  /** Null while it lasts. */
  endMs: number | null;
}

export interface RunningView {
  id: string;
  kind: 'load' | 'drill';
  /** The profile's or the drill's. */
  name: string;
  startedMs: number;
  /** Ramp and hold of a load test, as planned; null for a drill. */
  plannedSeconds: { ramp: number; hold: number } | null;
  faults: Span[];
}

export type Outcome =
  | 'passed'
  | 'failed'
  | 'inconclusive'
  | 'interrupted'
  | 'notJudged'
  | 'answered'
  /** One of its records cannot be read. */
  | 'unreadable';

export interface RunSummary {
  /** Path of its folder below the state directory's runs/. */
  id: string;
  /** Null where no record could be read that tells. */
  kind: 'load' | 'drill' | null;
  name: string;
  stage: string | null;
  place: RunFile['place'] | null;
  startMs: number;
  /** The same as `startMs` where nobody knows how long it took. */
  endMs: number;
  outcome: Outcome;
  /** One line: what a reader wants to know first. */
  headline: string;
  /** When a load test held its peak; null for one that was not paced. */
  hold: Span | null;
  faults: Span[];
}

/** A run and all its records; null for what it has not left, or what cannot be read. */
export interface RunReport {
  summary: RunSummary;
  run: RunFile | null;
  verdict: VerdictFile | null;
  recovery: RecoveryFile | null;
  breakpoint: BreakpointFile | null;
  delivery: DeliveryFile | null;
  comparison: ComparisonFile | null;
  drill: DrillResult | null;
  /** What is there and cannot be read, by file and field: then nothing of the run has passed. */
  unreadable: string[];
}

/** A dashboard as it is drawn: the shorthands of its body resolved. */
export interface DashboardView {
  name: string;
  title: string;
  widgets: WidgetView[];
}

export type WidgetView = {
  /** In CloudWatch's grid of 24 columns. */
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
} & (
  | { kind: 'plot'; plot: PlotView }
  | { kind: 'number'; lines: LineView[] }
  | { kind: 'text'; html: string }
  | { kind: 'alarms'; names: string[] }
  /** Something that this console does not draw, by name. */
  | { kind: 'refused'; reason: string }
);

export interface PlotView {
  lines: LineView[];
  left: AxisView;
  right: AxisView | null;
  horizontal: { value: number; label: string; color: string | null; axis: Side }[];
  vertical: { timeMs: number; label: string; color: string | null }[];
}

export type Side = 'left' | 'right';

export interface AxisView {
  label: string;
  min: number | null;
  max: number | null;
}

export interface LineView {
  /** Index into the series of /api/series. */
  series: number;
  label: string;
  color: string;
  axis: Side;
}

/** Answer of /api/series: a value for each whole period since `startMs`, null where there is no data. */
export interface SeriesValues {
  startMs: number;
  periodMs: number;
  values: (number | null)[];
}
