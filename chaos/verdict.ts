import type { RunDoubts } from '../loadtests/gate/runDoubts.ts';
import type { DrillState } from './drill.ts';
import type { DrillResult } from '../records/drill.ts';
import type { Finding } from './expectation.ts';
import { essentialInWords, type Unasked } from './lacking.ts';

/** An expectation's finding at the end of the step that watched it. */
export interface StepFinding extends Finding {
  step: 'steady' | 'observe' | 'recover' | 'settle';
}

interface JudgedDrill {
  state: DrillState;
  findings: readonly StepFinding[];
  /** About the drill's own load; null where it left no record. */
  doubts: Pick<RunDoubts, 'own' | 'notOffered'> | null;
  /** What was not asked of adopted systems. */
  unasked: readonly Unasked[];
  /** It came so far as to count its messages. */
  settled: boolean;
}

/**
 * What a drill concludes. Strongest first: a fault that stayed in place; interrupted; what decides by itself; a drill that
 * could not be carried out, whose own load stood still, or whose fault had no effect (invalid); an expectation that
 * was not met (failed); one that nobody could judge, one that the drill is about and could not ask, or a load that was
 * not the one meant (invalid: no data is never a pass).
 */
export function verdictOf({
  state,
  findings,
  doubts,
  unasked,
  settled,
}: JudgedDrill): Pick<DrillResult, 'verdict' | 'reason'> {
  if (state.restored === false) {
    return {
      verdict: state.interrupted ? 'interrupted' : 'failed',
      reason:
        `the fault may still be in place (${state.restoreFailure ?? 'the restore did not end'}): ` +
        'run "headroom chaos restore"',
    };
  }
  if (state.interrupted) {
    const undone = state.restored === true ? ' and the fault undone' : ' before any fault';
    return { verdict: 'interrupted', reason: `stopped on request${undone}` };
  }
  const decisive = findings.find(
    ({ expectation, outcome }) => expectation.decisive === true && outcome === 'unmet',
  );
  if (decisive !== undefined) return { verdict: 'failed', reason: formatFinding(decisive) };
  if (state.failure !== null) return { verdict: 'invalid', reason: state.failure };
  if (doubts?.own) return { verdict: 'invalid', reason: `the drill's own load: ${doubts.own}` };

  const proofless = findings.find(
    ({ expectation, outcome }) => expectation.invalidates === true && outcome !== 'met',
  );
  if (proofless !== undefined) return { verdict: 'invalid', reason: formatFinding(proofless) };

  const unmet = findings.filter(({ outcome }) => outcome === 'unmet');
  if (unmet[0] !== undefined) {
    const more = unmet.length > 1 ? ` (and ${unmet.length - 1} more)` : '';
    return { verdict: 'failed', reason: formatFinding(unmet[0]) + more };
  }
  const open = findings.find(({ outcome }) => outcome !== 'met');
  if (open !== undefined) return { verdict: 'invalid', reason: formatFinding(open) };
  if (!settled) {
    return { verdict: 'invalid', reason: 'the drill ended before its messages were counted' };
  }
  const essential = unasked.find((one) => one.essential);
  if (essential !== undefined) return { verdict: 'invalid', reason: essentialInWords(essential) };
  if (doubts === null) return { verdict: 'invalid', reason: "the drill's own load left no record" };
  // A system that fails may be why, so it excuses no failure.
  if (doubts.notOffered !== null) {
    return { verdict: 'invalid', reason: `the drill's own load: ${doubts.notOffered}` };
  }
  const left = unasked.length === 0 ? '' : ' that was asked';
  return { verdict: 'passed', reason: `every expectation${left} was met` };
}

/** `system-01: messages lost: 2, expected <= 0`, and what to do about it. */
export function formatFinding(finding: Finding): string {
  const { expectation, system, outcome } = finding;
  const { title, advice } = expectation;
  const todo = advice !== undefined && outcome === 'unmet' ? `: ${advice}` : '';
  return `${system}: ${title}: ${formatMeasured(finding)}${todo}`;
}

function formatMeasured({ expectation, measured, limit, outcome }: Finding): string {
  const { unit, relation } = expectation;
  if (measured === null && outcome === 'undecided') return 'no data';
  const found = measured === null ? 'did not happen' : formatValue(measured, unit);
  return `${found}, expected ${relation} ${formatValue(limit, unit)}`;
}

/** A value as people read it: `1.2 s`, `340 ms`, `99.5 %`, `12`. */
export function formatValue(value: number, unit: 'milliseconds' | 'percent' | 'count'): string {
  switch (unit) {
    case 'milliseconds':
      return value >= 1_000 ? `${(value / 1_000).toFixed(1)} s` : `${Math.round(value)} ms`;
    case 'percent':
      return `${Number(value.toFixed(1))} %`;
    case 'count':
      return String(value);
  }
}
