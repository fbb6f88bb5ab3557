import { Readable } from 'node:stream';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { queueDelivery } from './queueDelivery.ts';

const named = documentOf('orders', 'http://api');
const account = '111122223333';
const url = `https://sqs.${named.region}.amazonaws.com/${account}/orders`;
const system = {
  ...named,
  topicArn: `arn:aws:sns:${named.region}:${account}:orders-topic`,
  queues: { ...named.queues, subscriber: { name: 'orders', url } },
};
const queueArn = `arn:aws:sqs:${system.region}:${account}:orders`;
const functionArn = `arn:aws:lambda:${system.region}:${account}:function:${system.functions.subscriber}`;

/** Answers in order, and how each call could have been given up. */
function scripted(answers: readonly string[]) {
  const signals: unknown[] = [];
  const left = [...answers];
  const config = {
    region: system.region,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    requestHandler: {
      handle: async (_request: unknown, { abortSignal }: { abortSignal?: unknown } = {}) => {
        signals.push(abortSignal);
        const body = Readable.from([Buffer.from(left.shift() ?? '')]);
        return { response: { statusCode: 200, headers: {}, body } };
      },
    },
  };
  return { config, signals };
}

const inXml = (action: string, xml: string): string =>
  `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${xml}</${action}Result></${action}Response>`;
const subscriptions = (endpoint: string, more: string): string =>
  inXml(
    'ListSubscriptionsByTopic',
    `<Subscriptions><member><SubscriptionArn>arn:s</SubscriptionArn><Endpoint>${endpoint}</Endpoint></member></Subscriptions>${more}`,
  );

it('is found over all pages, and no call for one may take for ever', async () => {
  const sns = scripted([
    subscriptions('arn:aws:sqs:us-east-1:1:other', '<NextToken>more</NextToken>'),
    subscriptions(queueArn, ''),
    inXml(
      'GetSubscriptionAttributes',
      '<Attributes><entry><key>RawMessageDelivery</key><value>true</value></entry></Attributes>',
    ),
  ]);
  const lambda = scripted([
    JSON.stringify({ EventSourceMappings: [{ FunctionArn: `${functionArn}-other` }], NextMarker: 'more' }),
    JSON.stringify({
      EventSourceMappings: [
        { FunctionArn: functionArn, BatchSize: 20, ScalingConfig: { MaximumConcurrency: 4 } },
      ],
    }),
  ]);
  const clients = { sns: new SNSClient(sns.config), lambda: new LambdaClient(lambda.config) };
  expect(await queueDelivery(clients, system)).toMatchObject({
    isRaw: true,
    batchSize: 20,
    maximumConcurrency: 4,
  });
  const signals = [...sns.signals, ...lambda.signals];
  expect(signals).toHaveLength(5);
  expect(new Set(signals).size).toBe(5);
  for (const signal of signals) expect(signal).toBeInstanceOf(AbortSignal);
});
