import type { SystemDocument } from '../../fleet/systemDocument.ts';

/** What a system of the tests' stage publishes. */
export function testDocument(
  system: string,
  securityGroups = { dbIngress: `sg-in-${system}`, dbServers: `sg-db-${system}` },
): SystemDocument {
  const queue = (kind: string) => ({
    name: `test-${system}-${kind}`,
    url: `http://127.0.0.1/000000000000/test-${system}-${kind}`,
  });
  const secret = (role: string): string => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${role}`;
  return {
    schemaVersion: 1,
    stage: 'test',
    system,
    region: 'us-east-1',
    api: { id: system, stage: 'test', url: `http://127.0.0.1/${system}`, name: `test-${system}-api` },
    functions: { api: `test-${system}-api`, subscriber: `test-${system}-subscriber` },
    topicArn: `arn:aws:sns:us-east-1:000000000000:test-${system}-items-topic`,
    queues: {
      subscriber: queue('items'),
      deadLetter: queue('items-dead'),
      undelivered: queue('items-unsent'),
    },
    cluster: {
      identifier: `test-${system}-items`,
      database: 'items',
      adminSecretArn: secret('admin'),
      apiSecretArn: secret('api'),
      subscriberSecretArn: secret('subscriber'),
      probeSecretArn: secret('probe'),
      connectionLimit: 50,
      memoryMiB: 32_768,
    },
    securityGroups: {
      ...securityGroups,
      rule: {
        ipProtocol: 'tcp',
        port: 5439,
        sourceGroupId: securityGroups.dbIngress,
        description: 'functions to database',
      },
    },
    restoreRoleArn: `arn:aws:iam::000000000000:role/test-${system}-restore`,
    logGroups: { api: `/aws/lambda/test-${system}-api`, subscriber: `/aws/lambda/test-${system}-subscriber` },
    expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 5 },
  };
}
