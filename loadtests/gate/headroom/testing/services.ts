import type { SimulatedService } from './simulatedService.ts';

const light = { requestsPerSecond: 60, arrivals: 'even', meanServiceSeconds: 0.02, places: 10 } as const;
const heavy = { requestsPerSecond: 100, arrivals: 'even', meanServiceSeconds: 0.18, places: 50 } as const;
const twoCores = { ...light, places: 20, cores: 2 } as const;

/** Services of all the kinds whose maxima grow differently with the load. */
export const services: Readonly<Record<string, SimulatedService>> = {
  'a few at once, sent evenly': light,
  'a few at once, of independent callers': { ...light, arrivals: 'poisson' },
  'many at once, sent evenly': heavy,
  'many at once, of independent callers, of varied times': {
    ...heavy,
    arrivals: 'poisson',
    serviceSigma: 1.2,
  },
  'a limit of four': { ...light, meanServiceSeconds: 0.006, serviceSigma: 1.5, places: 4 },
  'requests that stand still together': {
    ...light,
    meanServiceSeconds: 0.004,
    places: 12,
    stalls: { everySeconds: 2, meanSeconds: 0.02 },
  },
  'a machine that others keep busy': { ...light, periodSigma: 0.4 },
  'cores that bind first': twoCores,
  'cores that slow down what binds first': { ...twoCores, arrivals: 'poisson' },
  'a single core that slows down what binds first': {
    ...twoCores,
    cores: 1,
    meanServiceSeconds: 0.008,
    places: 10,
  },
};
