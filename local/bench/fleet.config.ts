import { defineFleet } from '../../fleet/fleet.ts';
import { contract } from '../../service/contract.ts';

/** One system whose limits a benchmark on a laptop does not meet. */
export default defineFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'system-01', expectedPeak: { requestsPerSecond: 50_000, messagesPerSecond: 1 } }],
  stages: {
    local: {
      account: '000000000000',
      periodSeconds: 10,
      database: { connectionLimit: 100 },
      api: { timeoutMs: 5_000, reservedConcurrency: 20 },
    },
  },
});
