import { defineFleet } from '../fleet/fleet.ts';
import { contract } from '../service/contract.ts';

/**
 * A fleet's configuration with every option explained, as `headroom init` writes it. Options with a value here have
 * their default, unless a comment says otherwise, and may be left out; those in comments have none.
 */
export default defineFleet({
  // The contract of the service that every system runs: docs/your-own-service.md.
  service: contract,

  // Where the stages on AWS are.
  region: 'us-east-1',

  // Letters of the three availability zones that each network spans, as your account has them. Required outside
  // us-east-1: aws ec2 describe-availability-zones --region REGION
  zones: ['a', 'b', 'c'],

  // Concurrent Lambda executions that the account may run (its quota); Lambda keeps 100 of them unreserved.
  accountConcurrency: 1_000,

  // 1 to 200 systems. A name has lower-case letters, digits and hyphens, 24 characters at most.
  // expectedPeak is the load that the system must carry while it keeps 20 % of every resource in reserve.
  // The first system is the first to get a release, so put the one whose users mind least first.
  // adopt describes an existing system that was deployed by something else: it is loaded, judged and drilled,
  // but not built (docs/adopt.md).
  systems: [
    { name: 'system-01', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } },
    { name: 'system-02', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 } },
  ],

  stages: {
    prod: {
      // The AWS account, 12 digits. Left out: the one whose credentials deploy the stage.
      // account: '111122223333',

      // The stage on which a load test proves this one's peak before a deployment. It must have the same databases,
      // functions and limits. Left out: the stage itself.
      provenByStage: 'qa',

      // The period of metrics and alarms in seconds; anything below 60 is for the stage "local" alone.
      periodSeconds: 60,

      database: {
        // ra3.large, ra3.xlplus, ra3.4xlarge or ra3.16xlarge.
        nodeType: 'ra3.large',
        nodes: 2,
        // 5431 to 5455 or 8191 to 8215, which are the ports that RA3 nodes accept.
        port: 5439,
        // Connections that the cluster accepts. Left out: as many as its node type gives.
        // connectionLimit: 500,
        // Connections set aside for the Data API (migrations, probe, drills) and for people.
        dataApiConnections: 5,
        operatorConnections: 5,
        // Whether removing a system leaves a last snapshot of its database, and for how many days automatic ones are kept.
        snapshotOnRemoval: true,
        snapshotRetentionDays: 7,
        // Whether `headroom pause` may stop the databases, and with them most of the cost.
        pausable: false,
      },

      // Concurrency and connections are checked together: see "connection budget" in docs/configure.md.
      api: {
        memoryMiB: 256,
        timeoutMs: 10_000,
        reservedConcurrency: 10,
        // Requests a second that each API lets in, and as many at once. Left out: twice the system's expected peak.
        // throttlePerSecond: 60,
      },
      subscriber: {
        memoryMiB: 256,
        timeoutMs: 15_000,
        maximumConcurrency: 2,
        // A batch is handed over when it is full or when its window ends.
        batchSize: 100,
        batchWindowSeconds: 1,
      },

      // Systems that differ from the others of this stage: their peak, sizes and limits.
      // systems: { 'system-02': { expectedPeak: { requestsPerSecond: 300 }, database: { nodes: 4 } } },

      // 'private': the APIs answer inside the stage's network only.
      endpoint: 'regional',

      // A domain of your own: customdomain.example.com/system-01, with its certificate and DNS record.
      // domain: { host: 'customdomain', zone: 'example.com', hostedZoneId: 'Z0000000EXAMPLE' },

      // Addresses of load generators, which the web ACL's rate rule lets through.
      loadGenerators: [],
    },

    // Not the defaults: QA's databases may be paused, and leave nothing behind when they are removed.
    qa: { database: { pausable: true, snapshotOnRemoval: false, snapshotRetentionDays: 1 } },

    // Made for each run as test-RUN, in QA's network and databases, and removed after it.
    // systems: how many of the first systems it has; atOnce: how many runs may exist at the same time.
    test: { runsOn: { stage: 'qa', systems: 1, atOnce: 2 }, api: { reservedConcurrency: 2 } },

    // The stage on this machine; required. Not the defaults: periods of ten seconds, so that a drill ends in a minute,
    // and databases of a laptop's size.
    local: {
      account: '000000000000',
      periodSeconds: 10,
      database: { connectionLimit: 50, snapshotOnRemoval: false },
      api: { timeoutMs: 5_000 },
      subscriber: { timeoutMs: 2_000 },
    },
  },

  // The GitHub repository whose workflows deploy; with it, the roles that they assume are created.
  // ids: the numbers of owner and repository, where GitHub's tokens carry them (docs/deploy.md).
  // providerArn: GitHub's identity provider, if the account has it already.
  // github: { repository: 'owner/name', ids: { owner: 1, repository: 2 }, providerArn: 'arn:…' },

  // Who is told when an alarm goes off. A stage on AWS that would tell nobody is rejected, unless a reason is given.
  onCall: {
    emails: [],
    // Webhooks of a paging service.
    httpsEndpoints: [],
    nobody: {
      prod: 'not decided yet: name somebody before anybody relies on this stage',
      qa: 'the people who test watch it',
    },
  },
});
