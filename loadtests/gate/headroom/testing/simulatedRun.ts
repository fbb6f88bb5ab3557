import { seededRandom } from '../../../../core/testing/seededRandom.ts';
import type { ResourceUse } from '../systemLaws.ts';
import type { LoadedRun } from '../readings.ts';
import { alike } from './measured.ts';
import { simulate, type SimulatedPeriod, type SimulatedService } from './simulatedService.ts';

export const limitPercent = 80;
const periodSeconds = 10;

export interface RunShape {
  /** Multiple of the expected peak in the hold. */
  load: number;
  rampPeriods: number;
  heldPeriods: number;
}

/** What a gate would read of the service's ramp and hold. */
export function simulatedRun(
  service: SimulatedService,
  { load, rampPeriods, heldPeriods }: RunShape,
  seed: number,
): { run: LoadedRun; resources: ResourceUse[] } {
  const rampSeconds = rampPeriods * periodSeconds;
  const periods = simulate(
    service,
    (second) => (second >= rampSeconds ? load : (load * (second + 0.5)) / rampSeconds),
    { periods: rampPeriods + heldPeriods, periodSeconds },
    seededRandom(seed),
  );
  const by = <V>(of: (period: SimulatedPeriod) => V): Map<number, V> =>
    new Map(periods.map((period, index) => [index * periodSeconds * 1_000, of(period)]));
  const concurrency: ResourceUse = {
    id: 'concurrency',
    kind: 'inUse',
    usedBy: 'requests',
    limitPercent,
    units: service.places,
    percent: by(({ most }) => (100 * most) / service.places),
    flow: by(({ acceptedPerSecond, meanSeconds, refusedPerSecond }) => ({
      perSecond: acceptedPerSecond,
      meanSeconds,
      refusedPerSecond,
    })),
  };
  const cpu: ResourceUse = {
    id: 'cpu',
    kind: 'divisible',
    usedBy: 'whole',
    atRest: 'everywhere',
    limitPercent,
    slowsRequests: true,
    percent: by(({ cpuPercent }) => cpuPercent),
  };
  return {
    run: {
      periodSeconds,
      periods: periods.map(({ load: offered, topLoad }, index) => ({
        startMs: index * periodSeconds * 1_000,
        held: index >= rampPeriods,
        loads: alike({ mean: offered, top: topLoad }),
      })),
    },
    resources: service.cores === undefined ? [concurrency] : [cpu, concurrency],
  };
}

/**
 * The load from which every second period reaches the limit of a resource: where a climb crosses it. By
 * trying, for the places; the cores are used in proportion to the load.
 */
export function trueCrossing(service: SimulatedService): number {
  const limit = Math.ceil((service.places * limitPercent) / 100);
  let from = 0.05;
  let to = 20;
  while (to / from > 1.02) {
    const load = Math.sqrt(from * to);
    const [, ...settled] = simulate(service, () => load, { periods: 61, periodSeconds }, seededRandom(11));
    const reached = settled.filter(({ most }) => most >= limit).length;
    if (reached < settled.length / 2) from = load;
    else to = load;
  }
  const { cores, requestsPerSecond, meanServiceSeconds } = service;
  const coresAt = ((cores ?? Infinity) * limitPercent) / 100 / (requestsPerSecond * meanServiceSeconds);
  return Math.min(Math.sqrt(from * to), coresAt);
}

/** Whether a hold at a load keeps the reserve of the places. */
export function holdPasses(service: SimulatedService, load: number, seed: number): boolean {
  const [, ...settled] = simulate(service, () => load, { periods: 11, periodSeconds }, seededRandom(seed));
  return settled.every(({ most }) => (100 * most) / service.places < limitPercent);
}
