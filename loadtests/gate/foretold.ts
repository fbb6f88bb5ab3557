import type { BreakpointFile, BreakpointSystem } from '../../records/breakpoint.ts';
import type { SystemHeadroomRecord, VerdictFile } from '../../records/verdict.ts';

type Forecast = NonNullable<BreakpointSystem['forecast']>;

/** Whether a verdict is of the same as a climb: what it foretells the climb can show. */
export const isOfTheSame = (verdict: VerdictFile, breakpoint: BreakpointFile): boolean =>
  verdict.stage === breakpoint.stage &&
  verdict.place === breakpoint.place &&
  verdict.configurationHash === breakpoint.configurationHash;

/**
 * A climb's answer beside what a peak foretold of the same systems.
 * @param expectedPerSecond requests a second at the expected peak, by system
 */
export function besideForecasts(
  breakpoint: BreakpointFile,
  verdict: VerdictFile,
  expectedPerSecond: ReadonlyMap<string, number>,
): BreakpointFile {
  const foretold = new Map(verdict.headroom.map((headroom) => [headroom.system, headroom]));
  return {
    ...breakpoint,
    systems: breakpoint.systems.map((system) => {
      const headroom = foretold.get(system.system);
      const expected = expectedPerSecond.get(system.system);
      return headroom === undefined || expected === undefined
        ? system
        : { ...system, forecast: inRates(headroom, verdict.runId, expected) };
    }),
  };
}

function inRates(
  { atLeast, bindsFirst, resources }: SystemHeadroomRecord,
  runId: string,
  expected: number,
): Forecast {
  const likely = resources.find(({ signal }) => signal === bindsFirst)?.likely;
  return {
    runId,
    atLeastPerSecond: atLeast * expected,
    bindsFirst,
    likely: likely
      ? {
          perSecond: likely.value * expected,
          low: likely.low * expected,
          high: likely.high === null ? null : likely.high * expected,
        }
      : null,
  };
}

/** One line: what was foretold, and how it fits what the climb showed. */
export function foretoldInWords({ forecast, crossings }: BreakpointSystem): string | null {
  if (forecast === undefined) return null;
  const { runId, atLeastPerSecond, bindsFirst, likely } = forecast;
  const where = likely
    ? `, ${bindsFirst ?? ''} at about ${rate(likely.perSecond)} (${rate(likely.low)} ` +
      `${likely.high === null ? 'or more' : `to ${rate(likely.high)}`})`
    : '';
  const [first] = crossings;
  const fits = first === undefined ? '' : `: ${howItFits(forecast, first.perSecond)}`;
  return `forecast by ${runId}: at least ${rate(atLeastPerSecond)} requests a second${where}${fits}`;
}

function howItFits({ atLeastPerSecond, likely }: Forecast, crossedAt: number): string {
  if (crossedAt < atLeastPerSecond) return 'crossed before that';
  if (likely === null) return 'crossed beyond that';
  return likely.low <= crossedAt && crossedAt <= (likely.high ?? Infinity)
    ? 'crossed within it'
    : crossedAt < likely.low
      ? 'crossed earlier'
      : 'crossed later';
}

/** A rate a second, as exactly as it is worth. */
export const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 10 ? 1 : 0);
