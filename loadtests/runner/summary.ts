import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import type { RunFile } from '../../records/run.ts';

const mark = (ok: boolean): string => (ok ? '✓' : '✗');
const number = (value: number | null, digits = 1): string =>
  value === null ? 'no data' : value.toFixed(digits);

/**
 * The end-of-test summary, line by line: thresholds, checks, each system's two loads (over the hold, where the profile
 * has one), what the ramp met, the generator.
 */
export const summaryLines = (run: RunFile): string[] => [
  ...measuredLines(run),
  ...(run.place === 'local' ? [`  ${rehearsalNote}`] : []),
];

/**
 * The same in a line where nothing went wrong, for whoever shows several runs; and without the note on rehearsals,
 * which stands there once for all of them.
 */
export function summaryInShort(run: RunFile): string[] {
  const { systems, paced, complete, notLoaded, thresholds, checks } = run;
  const isGood =
    complete && !notLoaded && thresholds.every(({ ok }) => ok) && checks.every(({ fails }) => fails === 0);
  if (!isGood) return measuredLines(run);
  const sum = (of: (system: SystemRun) => number): number =>
    systems.reduce((total, system) => total + of(system), 0);
  const requests = sum(({ hold }) => hold.requests);
  const slowestMs = Math.max(0, ...systems.map(({ hold }) => hold.latencyMs?.p99 ?? 0));
  const messages = sum((system) => system.messages?.hold.achievedPerSecond ?? 0);
  const rates = paced
    ? `${number(sum(({ hold }) => hold.achievedPerSecond))} requests and ${number(messages)} messages a second: `
    : '';
  return [
    `  ${mark(true)} ${rates}${sum(({ hold }) => hold.failed)} of ${requests} requests to ${systems.length} systems failed, ` +
      `p99 at most ${number(slowestMs, 0)} ms`,
  ];
}

function measuredLines(run: RunFile): string[] {
  const failedChecks = run.checks.filter(({ fails }) => fails > 0);
  const passedChecks = run.checks.length - failedChecks.length;
  return [
    `${run.profile} on ${run.stage}: ${run.engine.name} ${run.engine.version}, ${run.complete ? 'complete' : `not complete: ${run.reason ?? ''}`}`,
    ...run.thresholds.map(
      ({ metric, expression, ok, value }) => `  ${mark(ok)} ${metric}: ${expression} (${number(value, 3)})`,
    ),
    `  ${mark(failedChecks.length === 0)} checks: ${passedChecks} of ${run.checks.length} passed every time`,
    ...failedChecks.map(({ name, passes, fails }) => `    ✗ ${name}: ${fails} of ${passes + fails} failed`),
    ...run.systems.flatMap(({ system, hold, messages }) => [
      ...(hold.requests > 0 || hold.intendedPerSecond > 0 || !messages
        ? [`  ${system}: ${requestsOf(hold, run)}`]
        : []),
      ...(messages ? [`  ${system}: ${messagesOf(messages.hold)}`] : []),
    ]),
    ...unattributedOf(run),
    ...(run.notLoaded ?? []).map(({ system, reason }) => `  ✗ ${system} was not loaded: ${reason}`),
    ...rampOf(run),
    `  generator: CPU ${number(run.generator.cpuPercent)} %, ${number(run.generator.lateIterations, 0)} late, ${run.generator.droppedIterations} dropped`,
  ];
}

type SystemRun = RunFile['systems'][number];

const rateOf = (
  { achievedPerSecond, intendedPerSecond }: { achievedPerSecond: number; intendedPerSecond: number },
  what: string,
): string => `${number(achievedPerSecond)} of ${number(intendedPerSecond)} ${what} a second, `;

const latencyOf = (latencyMs: SystemRun['hold']['latencyMs']): string =>
  latencyMs
    ? `p50 ${number(latencyMs.p50)} ms, p99 ${number(latencyMs.p99)} ms, max ${number(latencyMs.max)} ms`
    : 'no answer';

const requestsOf = (hold: SystemRun['hold'], { paced, script }: RunFile): string =>
  `${paced ? (script ? `${number(hold.achievedPerSecond)} requests a second, ` : rateOf(hold, 'requests')) : ''}${hold.failed} of ${hold.requests} failed, ` +
  `${hold.droppedIterations} dropped, ${latencyOf(hold.latencyMs)}`;

const messagesOf = (hold: NonNullable<SystemRun['messages']>['hold']): string =>
  `${rateOf(hold, 'messages')}${hold.failed} refused, ${hold.unresolved} unresolved, ` +
  `${hold.dropped} dropped, ${latencyOf(hold.latencyMs)}`;

/** What a user's script sent for nobody that is known. */
function unattributedOf({ script }: RunFile): string[] {
  const { requests = 0 } = script?.unattributed ?? {};
  return requests > 0
    ? [`  ${requests} requests count for none of these systems: their tag "system" names none of them`]
    : [];
}

/** What failed while the rates rose: cold environments mostly, and no part of thresholds and verdict. */
function rampOf({ windows, systems, paced, seriesSeconds = 1 }: RunFile): string[] {
  const startMs = Date.parse(windows.run.start);
  const endsAt = (Date.parse(windows.ramp.end) - startMs) / 1_000;
  const ramp = systems.flatMap(({ series }) =>
    series.filter(({ second }) => second + seriesSeconds <= endsAt),
  );
  const failed = ramp.reduce((sum, second) => sum + (second.failed ?? 0), 0);
  if (!paced || failed === 0) return [];
  const slowestMs = Math.max(0, ...ramp.map(({ latencyMs }) => latencyMs?.max ?? 0));
  return [
    `  before the hold, and not part of it: ${failed} requests failed, the slowest took ${number(slowestMs, 0)} ms`,
  ];
}
