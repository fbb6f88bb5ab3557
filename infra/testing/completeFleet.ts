import { parseFleet } from '../../fleet/fleet.ts';
import { expectedPeak } from './templates.ts';
import { defineService } from '../../fleet/service.ts';
import { contract } from '../../service/contract.ts';

/** With every option that a contract has, too. */
const service = defineService({
  ...contract,
  routes: [
    ...contract.routes,
    { method: 'GET', path: '/clients', auth: 'apiKey' },
    {
      method: 'POST',
      path: '/clients/{clientId}',
      auth: 'none',
      body: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 } } },
    },
  ],
  bodyInvalid: 'clientIdInvalid',
  publishes: ['api'],
  permissions: {
    subscriber: [
      {
        actions: ['s3:GetObject'],
        resources: ['arn:{partition}:s3:::catalogue-{stage}-{account}-{region}/{system}/*'],
        patternReason: 'Everything below the folder of the system.',
      },
    ],
  },
});

/** One system with every option that a stage has: what all rules are held against. */
export const completeFleet = parseFleet({
  service,
  region: 'us-east-1',
  systems: [{ name: 'orders', expectedPeak }],
  stages: {
    prod: { domain: { host: 'customdomain', zone: 'example.com', hostedZoneId: 'Z0123456789' } },
    qa: {
      database: { pausable: true, snapshotOnRemoval: false },
      domain: { host: 'customdomain-test', zone: 'example.com', hostedZoneId: 'Z0123456789' },
      loadGenerators: ['192.0.2.1/32'],
    },
    inner: {
      endpoint: 'private',
      systems: {
        orders: {
          expectedPeak: { requestsPerSecond: 60 },
          database: { nodes: 3 },
          api: { memoryMiB: 512, reservedConcurrency: 4, throttlePerSecond: 70 },
          subscriber: { maximumConcurrency: 5, batchSize: 50 },
        },
      },
    },
    test: { runsOn: { stage: 'qa' }, api: { reservedConcurrency: 2 } },
    local: { account: '000000000000', periodSeconds: 10, database: { connectionLimit: 50 } },
  },
  onCall: { emails: ['on-call@example.com'] },
  github: { repository: 'example/fleet' },
});

/** Its stages as they are synthesized. */
export const completeStages = ['prod', 'qa', 'inner', 'test-4711'];
