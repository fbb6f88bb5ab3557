import { basename } from 'node:path';
import { ScriptError } from '../errors.ts';
import type { DescribedScript } from './describedScript.ts';
import type { Shape } from './profiles.ts';
import { plannedMs, scheduledStarts } from './schedule.ts';

interface Asked extends Shape {
  text: string;
  systems: readonly { system: string }[];
}

/**
 * Refuses, before it runs, a script of which the gate would say nothing.
 * @throws ScriptError saying what would do
 */
export function refuseUnjudgeable(script: DescribedScript, asked: Asked): void {
  const problem = hasUnknownSchedule(script) ?? endsTooEarly(script, asked) ?? isOfNoSystem(script, asked);
  if (problem !== null) throw new ScriptError(basename(script.path), `${problem}; or use --unjudged`);
}

/** An iteration that is not known to have been due cannot be known to have been late, or dropped. */
function hasUnknownSchedule({ scenarios }: DescribedScript): string | null {
  const unknown = scenarios.find(({ scheduled }) => scheduled === null);
  return unknown === undefined
    ? null
    : `it is not known when iterations of its scenario "${unknown.name}" are due: ${unknown.unknown}`;
}

function endsTooEarly(script: DescribedScript, { rampSeconds, holdSeconds }: Asked): string | null {
  const { plannedMs: lastsMs } = script;
  const holdEnds = rampSeconds + holdSeconds;
  if (lastsMs === null || lastsMs >= holdEnds * 1_000) return null;
  return `it ends after ${lastsMs / 1_000} s, before its hold does (${holdEnds} s): shorten the hold, or let the script run longer`;
}

/**
 * Of several systems the script alone can say which one a request was for. Where its options do not, it may do so request
 * by request, and has to know of systems then: what it makes of that, the gate sees.
 */
function isOfNoSystem({ scenarios, tags }: DescribedScript, { text, systems }: Asked): string | null {
  if (systems.length === 1 || tags['system'] !== undefined || /\bsystems?\b|HEADROOM_TARGETS/.test(text))
    return null;
  if (scenarios.length > 0 && scenarios.every((scenario) => scenario.tags['system'] !== undefined))
    return null;
  return (
    `it does not say which of the ${systems.length} systems its requests are for: name one with --system, or set the tag ` +
    '"system" on its scenarios or requests'
  );
}

/** How much earlier than its hold a script may end by itself. */
const endToleranceMs = 1_000;

/**
 * Why a script has not been through its hold; null where it has. One with a schedule goes on as long as that says, however
 * early its last iteration was due.
 */
export function endedBeforeHold(
  { startMs, endMs }: { startMs: number; endMs: number },
  { scenarios }: DescribedScript['options'],
  { rampSeconds, holdSeconds }: Shape,
): string | null {
  const scheduled = Object.entries(scenarios).filter(([, scenario]) => scheduledStarts(scenario) !== null);
  const scheduledMs = plannedMs(Object.fromEntries(scheduled)) ?? 0;
  const missingMs = startMs + (rampSeconds + holdSeconds) * 1_000 - Math.max(endMs, startMs + scheduledMs);
  return missingMs <= endToleranceMs
    ? null
    : `the script ended ${(missingMs / 1_000).toFixed(0)} s before the end of its hold`;
}
