import { defineFleet } from '../../fleet/fleet.ts';
import { contract } from '../../service/contract.ts';
import { connectionLimit, limitedSystems, reservedConcurrency } from './limitedSystems.ts';

/** The API's throttle lets in twice the peak: half as much again as what crosses the limit. */
const peakOf = (crossesPerSecond: number): number => 0.75 * crossesPerSecond;

export default defineFleet({
  service: contract,
  region: 'us-east-1',
  systems: limitedSystems.map(({ name, crossesPerSecond }) => ({
    name,
    expectedPeak: { requestsPerSecond: peakOf(crossesPerSecond), messagesPerSecond: 1 },
  })),
  stages: {
    local: {
      account: '000000000000',
      periodSeconds: 10,
      database: { connectionLimit },
      api: { timeoutMs: 5_000, reservedConcurrency },
    },
  },
});
