import type { RandomSource } from '../../../../core/clock.ts';

/**
 * A service whose truth is known: requests take places, share cores, and stand still together now and then.
 */
export interface SimulatedService {
  /** At load 1. */
  requestsPerSecond: number;
  /** As load generators send them, or as independent callers do. */
  arrivals: 'even' | 'poisson';
  /** Of one request alone; it is drawn anew for each. */
  meanServiceSeconds: number;
  /** Spread of the service time: standard deviation of its logarithm; left out, it is exponential. */
  serviceSigma?: number;
  /** Requests that may be in service at once; one more is refused. */
  places: number;
  /** Processor sharing: with more requests than cores each is served more slowly. Left out, never. */
  cores?: number;
  /** Nothing moves for a while: a pause of the database or of the machine. Both exponential. */
  stalls?: { everySeconds: number; meanSeconds: number };
  /** Whole periods that are slower than others: standard deviation of the factor's logarithm. */
  periodSigma?: number;
}

export interface SimulatedPeriod {
  /** Offered, as a multiple of the expected peak. */
  load: number;
  /** Of its busiest moment, as the schedule has it. */
  topLoad: number;
  /** The most requests in service at once. */
  most: number;
  acceptedPerSecond: number;
  refusedPerSecond: number;
  /** That an accepted request took, on average. */
  meanSeconds: number;
  /** Busy cores, in percent. */
  cpuPercent: number;
}

/**
 * Lives through the periods one after another, event by event.
 * @param loadAt multiple of the expected peak at a second of the run
 */
export function simulate(
  service: SimulatedService,
  loadAt: (second: number) => number,
  { periods, periodSeconds }: { periods: number; periodSeconds: number },
  random: RandomSource,
): SimulatedPeriod[] {
  const { requestsPerSecond, places, cores = Infinity, stalls } = service;
  const result: SimulatedPeriod[] = [];
  // Processor sharing in virtual time: `served` grows by what each request in service is given; each ends
  // when
  // it has grown by its work.
  let served = 0;
  const ends: number[] = [];
  let now = 0;
  let stalled = false;
  let arrivalAt = nextArrival(0);
  let stallAt = stalls ? exponential(stalls.everySeconds) : Infinity;
  for (let period = 0; period < periods; period += 1) {
    const endAt = (period + 1) * periodSeconds;
    const slowness = Math.exp((service.periodSigma ?? 0) * normal(random));
    const counts = { accepted: 0, refused: 0, most: ends.length, area: 0, busy: 0 };
    while (now < endAt) {
      const rate = stalled || ends.length === 0 ? 0 : Math.min(1, cores / ends.length) / slowness;
      const departureAt = rate === 0 ? Infinity : now + ((ends[0] ?? 0) - served) / rate;
      const next = Math.min(arrivalAt, departureAt, stallAt, endAt);
      const passed = next - now;
      counts.area += ends.length * passed;
      counts.busy += stalled ? 0 : Math.min(ends.length, cores) * passed;
      served += rate * passed;
      now = next;
      if (next === departureAt) ends.shift();
      else if (next === arrivalAt) {
        if (ends.length >= places) counts.refused += 1;
        else {
          counts.accepted += 1;
          insert(ends, served + work());
          counts.most = Math.max(counts.most, ends.length);
        }
        arrivalAt = nextArrival(now);
      } else if (next === stallAt && stalls) {
        stalled = !stalled;
        stallAt = now + exponential(stalled ? stalls.meanSeconds : stalls.everySeconds);
      }
    }
    const offered = counts.accepted + counts.refused;
    result.push({
      load: offered / periodSeconds / requestsPerSecond,
      topLoad: Math.max(loadAt(endAt - periodSeconds), loadAt(endAt - 0.5)),
      most: counts.most,
      acceptedPerSecond: counts.accepted / periodSeconds,
      refusedPerSecond: counts.refused / periodSeconds,
      meanSeconds: counts.accepted === 0 ? 0 : counts.area / counts.accepted,
      cpuPercent: cores === Infinity ? 0 : (100 * counts.busy) / (cores * periodSeconds),
    });
  }
  return result;

  function nextArrival(after: number): number {
    const perSecond = requestsPerSecond * loadAt(after);
    if (perSecond <= 1e-9) return after + 0.1;
    return after + (service.arrivals === 'even' ? 1 / perSecond : exponential(1 / perSecond));
  }
  function exponential(mean: number): number {
    return -mean * Math.log(1 - random());
  }
  function work(): number {
    const { meanServiceSeconds, serviceSigma } = service;
    return serviceSigma === undefined
      ? exponential(meanServiceSeconds)
      : meanServiceSeconds * Math.exp(serviceSigma * normal(random) - serviceSigma ** 2 / 2);
  }
}

/** One draw of the standard normal distribution (Box and Muller, 1958). */
export const normal = (random: RandomSource): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function insert(ascending: number[], value: number): void {
  let index = ascending.length;
  while (index > 0 && ascending[index - 1]! > value) index -= 1;
  ascending.splice(index, 0, value);
}
