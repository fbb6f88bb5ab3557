import { defineFleet } from './infra/fleet.ts';

const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };

/** The systems that are built, watched, loaded and judged, and the stages they run in. */
export default defineFleet({
  region: 'us-east-1',
  systems: [
    { name: 'system-01', expectedPeak },
    { name: 'system-02', expectedPeak },
    { name: 'system-03', expectedPeak },
  ],
  stages: {
    // QA carries prod's peak before prod does.
    prod: { provenByStage: 'qa' },
    qa: {},
    // The stage on this machine: periods of ten seconds, so that a drill ends in a minute, and
    // databases of a laptop's size.
    local: {
      account: '000000000000',
      periodSeconds: 10,
      database: { connectionLimit: 50 },
      api: { timeoutMs: 5_000 },
      subscriber: { timeoutMs: 4_000 },
    },
  },
  onCall: { emails: [], httpsEndpoints: [] },
});
