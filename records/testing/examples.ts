import type { BreakpointFile } from '../breakpoint.ts';
import type { ProvenPeak } from '../../monitoring/provenPeak.ts';
import type { ComparisonFile } from '../comparison.ts';
import type { DeliveryFile } from '../delivery.ts';
import type { SizeFile } from '../size.ts';
import type { DrillResult } from '../drill.ts';
import type { DeploymentEvidence } from '../deploymentEvidence.ts';
import type { JournalEntry } from '../journal.ts';
import type { RecoveryFile } from '../recovery.ts';
import type { ExportFile } from '../export.ts';
import type { PartFile } from '../part.ts';
import type { RunFile } from '../run.ts';
import type { PublishedRows } from '../publishedRows.ts';
import type { SeenMessagesFile } from '../seenMessages.ts';
import type { Running } from '../running.ts';
import type { VerdictFile } from '../verdict.ts';

/** Records as load tests, gate and drills write them. */

const window = (start: string, end: string) => ({
  start: `2026-11-03T11:${start}.000Z`,
  end: `2026-11-03T11:${end}.000Z`,
});

const latencyMs = { p50: 9, p95: 15, p99: 21, max: 40 };

export const exampleRun: RunFile = {
  schemaVersion: 1,
  runId: 'peak',
  profile: 'peak',
  paced: true,
  stage: 'local',
  place: 'local',
  engine: { name: 'embedded', version: 'node 24' },
  commit: 'abcdef0123',
  configurationHash: 'hash',
  windows: {
    run: window('00:00', '01:00'),
    ramp: window('00:00', '00:20'),
    hold: window('00:20', '01:00'),
  },
  systems: ['system-01', 'system-02'].map((system) => ({
    system,
    hold: {
      intendedPerSecond: 30,
      achievedPerSecond: 30,
      requests: 1_200,
      failed: 3,
      droppedIterations: 0,
      latencyMs,
    },
    series: Array.from({ length: 60 }, (_, second) => ({
      second,
      intended: 30,
      dropped: 0,
      statuses: { '200': 29, '503': 1 },
      failedChecks: 1,
      latencyMs,
    })),
    messages: {
      batchSize: 1,
      hold: {
        intendedPerSecond: 5,
        achievedPerSecond: 4.975,
        acknowledged: 199,
        failed: 0,
        unresolved: 1,
        dropped: 0,
        latencyMs,
      },
      acknowledgedIds: [
        { first: 2_000_000_000, last: 2_000_000_149 },
        { first: 2_000_000_151, last: 2_000_000_299 },
      ],
      unresolvedIds: [{ first: 2_000_000_150, last: 2_000_000_150 }],
      series: Array.from({ length: 60 }, (_, second) =>
        second === 30
          ? { second, intended: 5, acknowledged: 4, unresolved: 1 }
          : { second, intended: 5, acknowledged: 5 },
      ),
    },
  })),
  checks: [{ name: 'body is the one asked for', passes: 2_394, fails: 6 }],
  thresholds: [{ metric: 'checks', expression: 'rate>0.99', ok: true, value: 0.9975 }],
  generator: { cpuPercent: 6, lateIterations: 1, droppedIterations: 0 },
  complete: true,
  reason: null,
};

/** The same, begun at another time. */
export function exampleRunAt(startMs: number): RunFile {
  const shiftMs = startMs - Date.parse(exampleRun.windows.run.start);
  const shifted = (at: string): string => new Date(Date.parse(at) + shiftMs).toISOString();
  const { run, ramp, hold } = exampleRun.windows;
  const moved = ({ start, end }: RunFile['windows']['run']) => ({ start: shifted(start), end: shifted(end) });
  return { ...exampleRun, windows: { run: moved(run), ramp: moved(ramp), hold: moved(hold) } };
}

export const exampleVerdict: VerdictFile = {
  schemaVersion: 2,
  runId: 'peak',
  stage: 'local',
  place: 'local',
  rehearsal: true,
  judgedAt: '2026-11-03T11:01:20.000Z',
  configurationHash: 'hash',
  verdict: 'pass',
  records: [
    {
      system: 'system-01',
      signal: 'databaseCpu',
      verdict: 'pass',
      worst: 41,
      limit: 80,
      headroom: 39,
      unit: 'percent',
      reason: 'the worst of 4 periods was 41 %',
    },
  ],
  standingOut: [
    {
      signal: 'databaseConnections',
      system: 'system-02',
      value: 61,
      median: 22,
      score: 14.2,
      unit: 'percent',
    },
  ],
  headroom: [
    {
      system: 'system-01',
      summary: 'carries at least 1.7 × its peak; database CPU binds first, at about 1.9 × (1.7 to 2.2)',
      seen: 1,
      atLeast: 1.72,
      boundBy: 'databaseCpu',
      bindsFirst: 'databaseCpu',
      useOverLoad: {
        signal: 'databaseCpu',
        points: [
          { load: 0.5, percent: 22, held: false },
          { load: 1, percent: 41, held: true },
        ],
        fit: [
          { load: 0, percent: 1 },
          { load: 2, percent: 84 },
        ],
      },
      resources: [
        {
          signal: 'databaseCpu',
          atLeast: 1.72,
          basis: 'law',
          likely: { value: 1.91, low: 1.72, high: 2.2 },
          beyondSeen: false,
          growsWithTime: false,
        },
      ],
    },
  ],
};

const answered = {
  runId: 'peak',
  schemaVersion: 1,
  stage: 'local',
  place: 'local',
  rehearsal: true,
  configurationHash: 'hash',
} as const satisfies Partial<BreakpointFile>;

export const exampleRecovery: RecoveryFile = {
  ...answered,
  schemaVersion: 2,
  answer: 'notRecovered',
  systems: [
    {
      system: 'system-01',
      answer: 'notRecovered',
      reason: 'answers are slower than 60 ms after the spike',
      before: { requests: 90, failed: 0, latencyP95Ms: 10 },
      during: { requests: 1_800, failed: 12, latencyP95Ms: 340 },
      after: { requests: 89, failed: 0, latencyP95Ms: 75 },
      backAfterSeconds: null,
    },
  ],
};

export const exampleDelivery: DeliveryFile = {
  ...answered,
  answeredAt: '2026-11-03T11:01:20.000Z',
  answer: 'notDelivered',
  systems: [
    {
      system: 'system-01',
      answer: 'notDelivered',
      reason: '1 of 299 acknowledged messages were found nowhere.',
      messages: {
        published: 299,
        stored: 297,
        deadLettered: 1,
        lost: 1,
        duplicated: 0,
        examples: { lost: [2_000_000_007], duplicated: [] },
      },
      unresolved: 1,
      endToEnd: { messages: 297, ms: latencyMs, reason: null },
    },
    {
      system: 'system-02',
      answer: 'inconclusive',
      reason: 'What became of its messages is not known: the cluster is paused.',
      messages: null,
      unresolved: 0,
      endToEnd: { messages: 0, ms: null, reason: 'no log group' },
    },
  ],
};

export const exampleBreakpoint: BreakpointFile = {
  ...answered,
  answeredAt: '2026-11-03T11:01:20.000Z',
  periodSeconds: 10,
  answer: 'crossed',
  reason: 'system-01: databaseCpu crossed its limit of 80 % at 41 requests a second (83 %).',
  systems: [
    {
      system: 'system-01',
      answer: 'crossed',
      reason: 'databaseCpu crossed its limit of 80 % at 41 requests a second (83 %).',
      seenPerSecond: 50,
      crossings: [
        {
          signal: 'databaseCpu',
          at: '2026-11-03T11:00:40.000Z',
          perSecond: 41.2,
          intendedPerSecond: 41.2,
          value: 83,
          limit: 80,
          unit: 'percent',
          before: { perSecond: 36.1, value: 72 },
        },
      ],
      periods: [],
    },
    {
      system: 'system-02',
      answer: 'notCrossed',
      reason: 'No limit was crossed up to 50 requests a second.',
      seenPerSecond: 50,
      crossings: [],
      periods: [],
    },
  ],
};

export const exampleDrill: DrillResult = {
  schemaVersion: 1,
  drillId: 'd',
  drill: 'revoke-db-ingress',
  hypothesis: 'without access to its database, a system answers 503 quickly',
  stage: 'local',
  place: 'local',
  rehearsal: true,
  periodSeconds: 10,
  systems: ['system-01', 'system-02'],
  scope: { stageSystems: 20, share: { percent: 10, seed: '2026-11-03' } },
  verdict: 'passed',
  reason: 'every expectation was met',
  restored: true,
  timeline: [
    { step: 'steady', start: '2026-11-03T12:00:00.000Z', end: '2026-11-03T12:00:20.000Z' },
    { step: 'observe', start: '2026-11-03T12:00:20.000Z', end: '2026-11-03T12:00:50.000Z' },
  ],
  expectations: ['system-01', 'system-02'].map((system, index) => ({
    step: 'observe',
    id: 'first503',
    title: 'first failed answer after the fault',
    system,
    unit: 'milliseconds',
    relation: '<=',
    limit: 10_000,
    measured: 100 + 50 * index,
    outcome: 'met',
  })),
  messages: [
    {
      system: 'system-01',
      published: 428,
      stored: 428,
      deadLettered: 0,
      lost: 0,
      duplicated: 0,
      unresolved: 0,
      poison: { published: 8, deadLettered: 7, stored: 1, left: 2 },
      examples: { lost: [], duplicated: [] },
    },
  ],
};

const at = (second: number): string => new Date(Date.UTC(2026, 10, 3, 12, 0, second)).toISOString();

/** Of the drill above. */
export const exampleJournal: [JournalEntry, JournalEntry, JournalEntry, JournalEntry] = [
  {
    kind: 'begin',
    schemaVersion: 1,
    at: at(0),
    drillId: 'd',
    drill: 'revoke-db-ingress',
    stage: 'local',
    place: 'local',
  },
  {
    kind: 'intent',
    sequence: 1,
    at: at(20),
    step: 'inject',
    fault: 'revoke-ingress-rule',
    system: 'system-01',
    arguments: {},
    inverse: {},
    schedule: null,
  },
  { kind: 'undone', sequence: 1, at: at(50) },
  { kind: 'end', at: at(55), verdict: 'passed' },
];

const spans = (windows: RunFile['windows']): RunFile['windows'] => ({
  ...windows,
  before: windows.ramp,
  after: windows.hold,
});

/** With everything that a record may have, and little of each. */
export const completeRun: RunFile = {
  ...exampleRun,
  script: {
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    scenarios: [{ name: 'browse', executor: 'constant-vus', scheduled: false }],
    unattributed: { requests: 2, iterations: 0 },
    exceptions: 3,
  },
  schemaVersion: 2,
  seriesSeconds: 10,
  release: 'release',
  windows: spans(exampleRun.windows),
  systems: exampleRun.systems.slice(0, 1).map((system) => ({
    ...system,
    before: { requests: 90, failed: 0, latencyMs },
    after: { requests: 89, failed: 1, latencyMs },
    series: [{ ...system.series[0]!, failed: 1 }],
    periods: { seconds: 10, latencies: [{ start: exampleRun.windows.run.start, latencyMs }] },
  })),
  notLoaded: [{ system: 'system-02', reason: 'seeding system-02: its topic refused a message' }],
  abortedBy: { metric: 'checks', expression: 'rate>=0.99' },
  endedEarly: 'databaseCpu of system-01 crossed its limit',
  instances: { count: 3, missing: ['1/3:2/3'], startSkewMs: 12 },
};

const latencies = { sum: 21, min: 10, max: 11, buckets: '191q8 w' };

export const exampleExport: ExportFile = {
  schemaVersion: 1,
  runId: '20260131-120000-peak-a1b2',
  profile: 'peak',
  stage: 'qa',
  place: 'aws',
  commit: null,
  configurationHash: 'hash',
  release: 'release',
  rampSeconds: 300,
  holdSeconds: 900,
  periodSeconds: 60,
  systems: ['system-01'],
  firstMessageId: 2_000_000_000,
  instances: 3,
  environment: { HEADROOM_REGION: 'us-east-1' },
};

export const examplePart: PartFile = {
  schemaVersion: 2,
  segment: '0:1/3',
  sequence: '0,1/3,2/3,1',
  run: completeRun,
  thresholds: [
    { metric: 'http_reqs', expression: 'count>0', measured: { type: 'counter', count: 2 } },
    { metric: 'open', expression: 'value>0', measured: { type: 'gauge', value: null } },
    { metric: 'checks', expression: 'rate>0.99', measured: { type: 'rate', trues: 2, total: 2 } },
    { metric: 'http_req_duration', expression: 'p(99)<800', measured: { type: 'trend', values: latencies } },
  ],
  latencies: [
    {
      system: 'system-01',
      hold: latencies,
      before: latencies,
      after: latencies,
      seconds: [{ second: 0, latencies }],
      periods: [{ start: exampleRun.windows.run.start, latencies }],
      messages: null,
    },
  ],
  lateness: latencies,
};

export const completeVerdict: VerdictFile = {
  ...exampleVerdict,
  noSchedule: 'Not checked for the script: a closed loop has no schedule.',
  disagreements: [
    { system: 'system-02', signal: 'functionMemory', kind: 'atConstantLoad', from: 33.2, to: 58.8 },
  ],
  uses: [{ system: 'system-01', signal: 'databaseCpu', blocks: [40.5, 41, 39.25, 40] }],
  advice: [
    {
      setting: 'database.nodes',
      from: 2,
      to: 3,
      system: 'system-01',
      signal: 'databaseCpu',
      usdAMonth: 1_189.2,
    },
  ],
};

export const completeBreakpoint: BreakpointFile = {
  ...exampleBreakpoint,
  systems: exampleBreakpoint.systems.slice(0, 1).map((system) => ({
    ...system,
    periods: [
      {
        start: '2026-11-03T11:00:40.000Z',
        whole: true,
        perSecond: 41.2,
        intendedPerSecond: 41.2,
        values: { databaseCpu: 83, databaseConnections: null },
      },
    ],
    forecast: {
      runId: 'peak',
      atLeastPerSecond: 36,
      bindsFirst: 'databaseCpu',
      likely: { perSecond: 42, low: 37.5, high: 48 },
    },
  })),
};

export const exampleDeploymentEvidence: DeploymentEvidence = {
  schemaVersion: 2,
  stage: 'qa',
  runId: 'peak',
  place: 'aws',
  verdict: 'pass',
  configurationHash: 'hash',
  holdEnd: '2026-11-03T11:01:00.000Z',
  release: 'release',
  judgedBy: 'release',
  systems: [{ system: 'system-01', requestsPerSecond: 30 }],
};

export const exampleProvenPeak: ProvenPeak = {
  schemaVersion: 1,
  requestsPerSecond: 30,
  messagesPerSecond: 5,
  runId: 'peak',
  configurationHash: 'hash',
  provenAt: '2026-11-03T11:01:00.000Z',
};

export const exampleRunning: Running = {
  schemaVersion: 1,
  kind: 'load',
  name: 'peak',
  stage: 'local',
  place: 'local',
  runId: 'peak',
  startedAt: '2026-11-03T11:00:00.000Z',
  plannedSeconds: { ramp: 20, hold: 40 },
  process: '1 1',
};

export const exampleSize: SizeFile = {
  schemaVersion: 1,
  runId: '20260101-000000-size-0000',
  stage: 'qa',
  place: 'aws',
  rehearsal: false,
  system: 'system-01',
  function: 'api',
  functionName: 'qa-system-01-api',
  configurationHash: 'configuration',
  architecture: 'arm64',
  window: { start: '2026-01-01T00:00:00.000Z', end: '2026-01-01T00:01:00.000Z' },
  requestsPerSecond: 6,
  atOnce: 2,
  presentMiB: 256,
  sizes: [
    {
      memoryMiB: 256,
      calls: { intended: 360, answered: 358, cold: 2, throttled: 1, failed: 0, dropped: 1, unreported: 0 },
      durationMs: { p50: 12.5, p95: 20.25, p99: 31, max: 80.5 },
      billedMs: 14.5,
      usdAMillion: 0.248,
      coldStartMs: 520.5,
      usedMiB: 110,
      cpuPercent: 61.5,
      keepsReserve: true,
      doubts: [],
    },
  ],
  answer: {
    cheapestMiB: 256,
    asCheapMiB: [],
    quickestMiB: 256,
    asQuickMiB: [],
    adviceMiB: 256,
    usdAMonth: 0,
  },
};

/** The same with everything that a measurement may have. */
export const completeSize: SizeFile = {
  ...exampleSize,
  function: 'subscriber',
  functionName: 'qa-system-01-subscriber',
  batch: { messages: 5, largest: 100 },
};

export const examplePublishedRows: PublishedRows = {
  schemaVersion: 1,
  stage: 'local',
  systems: ['system-01', 'system-02'],
  ids: { first: 2_001_000_000, last: 2_001_999_999 },
  at: '2026-11-03T11:00:00.000Z',
  owner: { process: '1 1', host: 'laptop' },
};

export const exampleSeenMessages: SeenMessagesFile = {
  schemaVersion: 1,
  runId: exampleRun.runId,
  stage: 'local',
  place: 'local',
  rehearsal: true,
  at: '2026-11-03T11:02:00.000Z',
  systems: [
    {
      system: 'system-01',
      reconciliation: {
        published: 150,
        stored: 149,
        deadLettered: 0,
        lost: 1,
        duplicated: 0,
        examples: { lost: [2_001_000_007], duplicated: [] },
      },
      problem: null,
      waiting: 1,
    },
    { system: 'system-02', reconciliation: null, problem: 'the cluster is paused', waiting: 0 },
  ],
};

export const exampleComparison: ComparisonFile = {
  schemaVersion: 1,
  runId: exampleRun.runId,
  stage: 'local',
  place: 'local',
  rehearsal: true,
  comparedAt: '2026-11-03T12:00:00.000Z',
  baseline: {
    runId: '20261102-110000-peak-0000',
    stage: 'local',
    place: 'local',
    start: '2026-11-02T11:00:00.000Z',
    commit: null,
  },
  regressionPercent: 10,
  answer: 'regression',
  reason: 'Worse by 10 % or more: 1 of 2 figures.',
  notes: ['The configuration differs.'],
  compared: [
    {
      system: null,
      measure: 'latencyP95',
      unit: 'milliseconds',
      from: 30.5,
      to: 40.25,
      low: 38,
      high: 43,
      chance: 0.0001,
      answer: 'regression',
    },
    {
      system: 'system-01',
      measure: 'databaseCpu',
      unit: 'percent',
      from: 40,
      to: 40.5,
      low: 39.5,
      high: 41.5,
      chance: 0.3,
      answer: 'same',
    },
  ],
  headroom: [
    {
      system: 'system-01',
      atLeast: { from: 1.8, to: 1.7 },
      likely: { from: 2.4, to: 2.3 },
      bindsFirst: { from: 'databaseCpu', to: null },
      answer: 'same',
    },
  ],
};
