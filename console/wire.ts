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
}

export interface StageInfo {
  stage: string;
  region: string;
  startedMs: number;
  periodSeconds: number;
}

export interface AlarmView {
  name: string;
  /** Null for an alarm of the whole fleet. */
  system: string | null;
  /** What it watches. */
  title: string;
  description: string;
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

export type Outcome = 'passed' | 'failed' | 'inconclusive' | 'interrupted' | 'notJudged' | 'answered';

export interface RunSummary {
  /** Path of its folder below the state directory's runs/. */
  id: string;
  kind: 'load' | 'drill';
  name: string;
  stage: string;
  place: string;
  startMs: number;
  endMs: number;
  outcome: Outcome;
  /** One line: what a reader wants to know first. */
  headline: string;
  /** When a load test held its peak; null for one that was not paced. */
  hold: Span | null;
  faults: Span[];
}

export interface RunReport {
  summary: RunSummary;
  run: RunRecord | null;
  verdict: VerdictRecord | null;
  recovery: RecoveryRecord | null;
  breakpoint: BreakpointRecord | null;
  drill: DrillRecord | null;
}

interface Latency {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface RunRecord {
  profile: string;
  /** Whether it aimed at rates; if not, it sent each request once, and has neither rates nor a hold. */
  paced: boolean;
  engine: { name: string; version: string };
  commit: string | null;
  windows: Record<'run' | 'ramp' | 'hold', { start: string; end: string }>;
  systems: {
    system: string;
    hold: {
      intendedPerSecond: number;
      achievedPerSecond: number;
      requests: number;
      failed: number;
      droppedIterations: number;
      latencyMs: Latency | null;
    };
    series: { second: number; statuses: Record<string, number>; latencyMs: Latency | null }[];
  }[];
  checks: { name: string; passes: number; fails: number }[];
  thresholds: { metric: string; expression: string; ok: boolean; value: number | null }[];
  generator: { cpuPercent: number | null; lateIterations: number | null; droppedIterations: number };
  complete: boolean;
  reason: string | null;
  /** The threshold that ended the run early; undefined where none did. */
  abortedBy?: { metric: string; expression: string } | undefined;
}

interface AnswersRecord {
  requests: number;
  failed: number;
  latencyP95Ms: number | null;
}

/** Whether the systems answer after a spike as they did before. */
export interface RecoveryRecord {
  answer: 'recovered' | 'notRecovered' | 'inconclusive';
  systems: {
    system: string;
    answer: string;
    reason: string;
    before: AnswersRecord;
    during: AnswersRecord;
    after: AnswersRecord;
    backAfterSeconds: number | null;
  }[];
}

/** At which rate a climb crossed the limits, the first one first. */
export interface BreakpointRecord {
  answer: 'crossed' | 'notCrossed' | 'inconclusive';
  reason: string;
  systems: {
    system: string;
    answer: string;
    reason: string;
    seenPerSecond: number;
    crossings: {
      signal: string;
      perSecond: number;
      value: number;
      limit: number;
      unit: string;
      before: { perSecond: number; value: number } | null;
    }[];
  }[];
}

export interface VerdictRecord {
  verdict: 'pass' | 'fail' | 'inconclusive';
  judgedAt: string;
  records: {
    system: string | null;
    signal: string;
    verdict: 'pass' | 'fail' | 'inconclusive';
    worst: number | null;
    limit: number | null;
    headroom: number | null;
    unit: string;
    reason: string;
  }[];
  /** Who differs from its like, the farthest first; undefined in verdicts from before it was compared. */
  standingOut?:
    | {
        signal: string;
        system: string;
        value: number;
        median: number;
        /** In spreads from the median. */
        score: number;
        unit: string;
      }[]
    | undefined;
  /** One of each system; undefined in verdicts from before it was estimated. */
  capacity?: CapacityRecord[] | undefined;
  /** Where load and use disagree, in percent. */
  disagreements?:
    | { system: string; signal: string; kind: 'atNoLoad' | 'atConstantLoad'; from: number; to: number }[]
    | undefined;
  /** What to change to regain the reserve: a setting's value now and at least. */
  advice?: { setting: string; from: number; to: number; system: string; signal: string }[] | undefined;
}

export interface CapacityRecord {
  system: string;
  seenPerSecond: number;
  /** The resource that reaches its limit first, and at which load; null where none surely grew with it. */
  bindsFirst: {
    signal: string;
    limit: number;
    atPerSecond: number;
    lowPerSecond: number;
    highPerSecond: number;
  } | null;
}

export interface DrillRecord {
  hypothesis: string;
  verdict: string;
  reason: string;
  restored: boolean | null;
  timeline: { step: string; start: string; end: string }[];
  expectations: {
    step: string;
    title: string;
    system: string;
    unit: string;
    relation: string;
    limit: number;
    measured: number | null;
    outcome: string;
  }[];
  messages: {
    system: string;
    published: number;
    stored: number;
    deadLettered: number;
    lost: number;
    duplicated: number;
    unresolved: number;
    /** Messages that can never succeed; undefined in a drill that publishes none. */
    poison?: { published: number; deadLettered: number; stored: number; left: number } | undefined;
  }[];
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
