import { wholeDocument } from '../../../fleet/discovery.ts';
import { systemDocumentSchema, type SystemDocument } from '../../../fleet/systemDocument.ts';

/** A system's document with everything that a load test does not look at filled in. */
export const systemAt = (
  system: string,
  url: string,
  requestsPerSecond: number,
  topicArn = `arn:aws:sns:us-east-1:000000000000:test-${system}`,
): SystemDocument => {
  const queue = (kind: string) => ({ name: `test-${system}-${kind}`, url: `http://127.0.0.1/${kind}` });
  return wholeDocument(
    systemDocumentSchema.parse({
      schemaVersion: 1,
      stage: 'test',
      system,
      region: 'us-east-1',
      api: { id: 'a1', url, name: `test-${system}-api` },
      functions: { api: `test-${system}-api`, subscriber: `test-${system}-subscriber` },
      topicArn,
      queues: {
        subscriber: queue('items'),
        deadLetter: queue('items-dead'),
        undelivered: queue('items-unsent'),
      },
      cluster: {
        identifier: `test-${system}-items`,
        database: 'db',
        adminSecretArn: 'arn:a',
        apiSecretArn: 'arn:b',
        subscriberSecretArn: 'arn:c',
        probeSecretArn: 'arn:d',
        connectionLimit: 50,
        memoryMiB: 32_768,
      },
      securityGroups: {
        dbIngress: 'sg-1',
        dbServers: 'sg-2',
        rule: { ipProtocol: 'tcp', port: 5439, sourceGroupId: 'sg-1', description: 'rule' },
      },
      logGroups: { api: '/aws/lambda/api', subscriber: '/aws/lambda/subscriber' },
      expectedPeak: { requestsPerSecond, messagesPerSecond: 1 },
    }),
  );
};
