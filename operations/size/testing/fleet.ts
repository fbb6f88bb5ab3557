import { parseFleet } from '../../../fleet/fleet.ts';
import { contract } from '../../../service/contract.ts';

/** A fleet whose stage `test` has the system that the tests measure. */
export const testFleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'system-01', expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 5 } }],
  stages: { test: {}, local: {} },
});
