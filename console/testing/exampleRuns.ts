/** Records of runs in the shape that load tests, gate and drills write. */

const window = (start: string, end: string) => ({
  start: `2026-11-03T11:${start}.000Z`,
  end: `2026-11-03T11:${end}.000Z`,
});

const latencyMs = { p50: 9, p95: 15, p99: 21, max: 40 };

export const exampleRun = {
  schemaVersion: 1 as const,
  runId: 'peak',
  profile: 'peak',
  paced: true,
  stage: 'local',
  place: 'local' as const,
  engine: { name: 'embedded' as const, version: 'node 24' },
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
  })),
  checks: [{ name: 'body is the client asked for', passes: 2_394, fails: 6 }],
  thresholds: [{ metric: 'checks', expression: 'rate>=0.99', ok: true, value: 0.9975 }],
  generator: { cpuPercent: 6, lateIterations: 1, droppedIterations: 0 },
  complete: true,
  reason: null,
};

/** The same, begun at another time. */
export function exampleRunAt(startMs: number): typeof exampleRun {
  const shiftMs = startMs - Date.parse(exampleRun.windows.run.start);
  const shifted = (at: string): string => new Date(Date.parse(at) + shiftMs).toISOString();
  const { run, ramp, hold } = exampleRun.windows;
  const moved = ({ start, end }: typeof run) => ({ start: shifted(start), end: shifted(end) });
  return { ...exampleRun, windows: { run: moved(run), ramp: moved(ramp), hold: moved(hold) } };
}

export const exampleVerdict = {
  schemaVersion: 1 as const,
  runId: 'peak',
  stage: 'local',
  place: 'local' as const,
  rehearsal: true,
  judgedAt: '2026-11-03T11:01:20.000Z',
  configurationHash: 'hash',
  verdict: 'pass' as const,
  records: [
    {
      system: 'system-01',
      signal: 'databaseCpu',
      verdict: 'pass' as const,
      worst: 41,
      limit: 80,
      headroom: 39,
      unit: 'percent' as const,
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
      unit: 'percent' as const,
    },
  ],
};

const answered = {
  runId: 'peak',
  schemaVersion: 1 as const,
  stage: 'local',
  place: 'local' as const,
  rehearsal: true,
  configurationHash: 'hash',
};

export const exampleRecovery = {
  ...answered,
  answer: 'notRecovered' as const,
  systems: [
    {
      system: 'system-01',
      answer: 'notRecovered' as const,
      reason: 'answers are slower than 60 ms after the spike',
      before: { requests: 90, failed: 0, latencyP95Ms: 10 },
      during: { requests: 1_800, failed: 12, latencyP95Ms: 340 },
      after: { requests: 89, failed: 0, latencyP95Ms: 75 },
      backAfterSeconds: null,
    },
  ],
};

export const exampleBreakpoint = {
  ...answered,
  answeredAt: '2026-11-03T11:01:20.000Z',
  periodSeconds: 10,
  answer: 'crossed' as const,
  reason: 'system-01: databaseCpu crossed its limit of 80 % at 41 requests a second (83 %).',
  systems: [
    {
      system: 'system-01',
      answer: 'crossed' as const,
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
          unit: 'percent' as const,
          before: { perSecond: 36.1, value: 72 },
        },
      ],
      periods: [],
    },
    {
      system: 'system-02',
      answer: 'notCrossed' as const,
      reason: 'No limit was crossed up to 50 requests a second.',
      seenPerSecond: 50,
      crossings: [],
      periods: [],
    },
  ],
};

export const exampleDrill = {
  schemaVersion: 1 as const,
  drillId: 'd',
  drill: 'revoke-db-ingress',
  hypothesis: 'without a way to its database a system says 503 quickly',
  stage: 'local',
  place: 'local' as const,
  rehearsal: true,
  periodSeconds: 10,
  systems: ['system-01', 'system-02'],
  verdict: 'passed' as const,
  reason: 'every expectation was met',
  restored: true,
  timeline: [
    { step: 'steady' as const, start: '2026-11-03T12:00:00.000Z', end: '2026-11-03T12:00:20.000Z' },
    { step: 'observe' as const, start: '2026-11-03T12:00:20.000Z', end: '2026-11-03T12:00:50.000Z' },
  ],
  expectations: ['system-01', 'system-02'].map((system, index) => ({
    step: 'observe' as const,
    id: 'first503',
    title: 'first failed answer after the fault',
    system,
    unit: 'milliseconds' as const,
    relation: '<=' as const,
    limit: 10_000,
    measured: 100 + 50 * index,
    outcome: 'met' as const,
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
