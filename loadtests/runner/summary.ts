import { rehearsalNote } from '../../monitoring/rehearsal.ts';
import type { RunFile } from '../../records/run.ts';

const mark = (ok: boolean): string => (ok ? '✓' : '✗');
const number = (value: number | null, digits = 1): string =>
  value === null ? 'no data' : value.toFixed(digits);

/**
 * The end-of-test summary, line by line: thresholds, checks, each system (over the hold, where the profile has
 * one), the generator.
 */
export function summaryLines(run: RunFile): string[] {
  const failedChecks = run.checks.filter(({ fails }) => fails > 0);
  const passedChecks = run.checks.length - failedChecks.length;
  return [
    `${run.profile} on ${run.stage}: ${run.engine.name} ${run.engine.version}, ${run.complete ? 'complete' : `not complete: ${run.reason ?? ''}`}`,
    ...run.thresholds.map(
      ({ metric, expression, ok, value }) => `  ${mark(ok)} ${metric}: ${expression} (${number(value, 3)})`,
    ),
    `  ${mark(failedChecks.length === 0)} checks: ${passedChecks} of ${run.checks.length} passed every time`,
    ...failedChecks.map(({ name, passes, fails }) => `    ✗ ${name}: ${fails} of ${passes + fails} failed`),
    ...run.systems.map(({ system, hold }) => {
      const { latencyMs } = hold;
      const latency = latencyMs
        ? `p50 ${number(latencyMs.p50)} ms, p99 ${number(latencyMs.p99)} ms, max ${number(latencyMs.max)} ms`
        : 'no answer';
      const rate = run.paced
        ? `${number(hold.achievedPerSecond)} of ${number(hold.intendedPerSecond)} a second, `
        : '';
      return (
        `  ${system}: ${rate}` +
        `${hold.failed} of ${hold.requests} failed, ${hold.droppedIterations} dropped, ${latency}`
      );
    }),
    `  generator: CPU ${number(run.generator.cpuPercent)} %, ${number(run.generator.lateIterations, 0)} late, ${run.generator.droppedIterations} dropped`,
    ...(run.place === 'local' ? [`  ${rehearsalNote}`] : []),
  ];
}
