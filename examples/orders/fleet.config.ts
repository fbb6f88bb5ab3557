import { defineFleet } from '../../fleet/fleet.ts';
import { contract } from './contract.ts';

/** A second, small service: `npx headroom rehearse --config examples/orders/fleet.config.ts`. */
export default defineFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'shop-01', expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 5 } }],
  stages: {
    local: {
      account: '000000000000',
      periodSeconds: 5,
      database: { connectionLimit: 50, snapshotOnRemoval: false },
      api: { timeoutMs: 5_000 },
      subscriber: { timeoutMs: 2_000 },
    },
  },
});
