import { percentile } from '../../core/statistics.ts';
import { headroomOf } from '../gate/headroom/headroom.ts';
import { services } from '../gate/headroom/testing/services.ts';
import { holdPasses, simulatedRun, trueCrossing } from '../gate/headroom/testing/simulatedRun.ts';

/**
 * How far forecasts are from the truth, of simulated services by the thousand: from a ramp and a hold at shares of the
 * true crossing. `node loadtests/bench/simulatedForecasts.ts [runs of each]`
 */
const [runs = 100] = process.argv.slice(2).map(Number);
const shares = [0.3, 0.5, 0.7, 0.9, 1.2];

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`.padStart(5);
const spread = (values: readonly number[]): string =>
  [10, 50, 90].map((each) => percentile(values, each).toFixed(2)).join(' ');
const shareOf = <T>(all: readonly T[], holds: (one: T) => boolean): number =>
  all.filter(holds).length / all.length;

const errors: number[] = [];
let inside = 0;
for (const [name, service] of Object.entries(services)) {
  const truth = trueCrossing(service);
  console.log(`${name}: every second period is at the limit from ${truth.toFixed(2)} on`);
  for (const share of shares) {
    const forecasts = Array.from({ length: runs }, (_, seed) => {
      const shape = { load: share * truth, rampPeriods: 3, heldPeriods: 10 };
      const { run, resources } = simulatedRun(service, shape, 1_000 + 7_919 * seed);
      const { atLeast, bindsFirst, resources: judged } = headroomOf(run, resources);
      const likely = judged.find(({ id }) => id === bindsFirst)?.likely ?? null;
      return { atLeast, likely, passes: holdPasses(service, atLeast, 17 + seed) };
    });
    const likely = forecasts.flatMap((forecast) => forecast.likely ?? []);
    const within = likely.filter(({ low, high }) => low <= truth && (high ?? Infinity) >= truth).length;
    inside += within;
    errors.push(...likely.map(({ value }) => Math.abs(value / truth - 1)));
    console.log(
      `  at ${share.toFixed(1)} of it: at least ${percent(shareOf(forecasts, ({ atLeast }) => atLeast <= truth))} right, ` +
        `a hold there passes ${percent(shareOf(forecasts, ({ passes }) => passes))} ` +
        `(${spread(forecasts.map(({ atLeast }) => atLeast / truth))} of the truth); ` +
        `likely ${percent(likely.length / runs)}, in its interval ${percent(within / likely.length)} ` +
        `(${spread(likely.map(({ value }) => value / truth))})`,
    );
  }
}
console.log(
  `all ${errors.length} forecasts: in the interval ${percent(inside / errors.length)}, ` +
    `median error ${percent(percentile(errors, 50))}`,
);
