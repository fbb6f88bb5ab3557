import type { SystemDocument } from '../systemDocument.ts';

/** A document of a system that is nowhere but at its API's URL. */
export function documentOf(system: string, apiUrl: string, stage = 'qa'): SystemDocument {
  const queue = (kind: string) => ({
    name: `${stage}-${system}-${kind}`,
    url: `https://sqs.example/${stage}-${system}-${kind}`,
  });
  return {
    schemaVersion: 1,
    stage,
    system,
    region: 'us-east-1',
    api: { id: 'api', stage, url: apiUrl, name: `${stage}-${system}-api` },
    functions: { api: `${stage}-${system}-api`, subscriber: `${stage}-${system}-subscriber` },
    topicArn: 'topic',
    queues: {
      subscriber: queue('items'),
      deadLetter: queue('items-dead'),
      undelivered: queue('items-unsent'),
    },
    cluster: {
      identifier: `${stage}-${system}-items`,
      database: system,
      adminSecretArn: 'admin',
      apiSecretArn: 'api',
      subscriberSecretArn: 'subscriber',
      probeSecretArn: 'probe',
      connectionLimit: 500,
      memoryMiB: 32_768,
    },
    securityGroups: {
      dbIngress: 'sg-1',
      dbServers: 'sg-2',
      rule: { ipProtocol: 'tcp', port: 5439, sourceGroupId: 'sg-1', description: 'rule' },
    },
    logGroups: {
      api: `/aws/lambda/${stage}-${system}-api`,
      subscriber: `/aws/lambda/${stage}-${system}-subscriber`,
    },
    expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 5 },
  };
}
