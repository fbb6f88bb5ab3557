import { defineFleet } from './fleet/fleet.ts';
import { contract } from './service/contract.ts';

const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };

/** The systems that are built, watched, loaded and judged, and the stages they run in. */
export default defineFleet({
  service: contract,
  region: 'us-east-1',
  systems: [
    { name: 'system-01', expectedPeak },
    { name: 'system-02', expectedPeak },
    { name: 'system-03', expectedPeak },
  ],
  stages: {
    // QA carries prod's peak before prod does.
    prod: { provenByStage: 'qa' },
    // Its databases are paused when nobody tests, and leave nothing when they are removed.
    qa: { database: { pausable: true, snapshotOnRemoval: false, snapshotRetentionDays: 1 } },
    // Made anew for each run, as test-{run}, in QA's network and databases; removed after it.
    test: { runsOn: { stage: 'qa' }, api: { reservedConcurrency: 2 } },
    // The stage on this machine: periods of five seconds and messages hidden for 13 (six of its subscriber's timeouts), so
    // that a drill ends in a minute, and databases of a laptop's size.
    local: {
      account: '000000000000',
      periodSeconds: 5,
      database: { connectionLimit: 50, snapshotOnRemoval: false },
      api: { timeoutMs: 5_000 },
      subscriber: { timeoutMs: 2_000 },
    },
  },
  // Who is called: emails, or httpsEndpoints of a paging service. Without, no stage on AWS is built, but for a reason.
  onCall: {
    nobody: {
      prod: 'an example: name someone to call before anybody relies on it',
      qa: 'an example: the people who test watch it',
    },
  },
});
