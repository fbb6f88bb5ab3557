import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { documentOf } from '../fleet/testing/systemDocument.ts';
import { notRedriven, redrive } from './redrive.ts';

let endpoint: TestEndpoint;
let sqs: SQSClient;
let from: string;
let to: string;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  sqs = new SQSClient(endpoint.clientConfig);
  from = await queue('items-dead');
  to = await queue('items');
});
afterEach(async () => {
  sqs.destroy();
  await endpoint.close();
});

const queue = async (QueueName: string): Promise<string> =>
  (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
const send = (MessageBody: string, reason?: string, QueueUrl = from) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody,
      ...(reason !== undefined && {
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    }),
  );
/** Bodies that anybody else finds in a queue now. */
async function visible(QueueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.toSorted();
    bodies.push(...Messages.map(({ Body }) => Body ?? ''));
  }
}
const total = async (QueueUrl: string): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
};
/** So that what was sent before lies in the past, also on a clock of milliseconds. */
const later = { ...systemClock, now: () => systemClock.now() + 1_000 };
const options = (change = {}) => ({
  sqs,
  from,
  to,
  includeNonRetryable: false,
  clock: later,
  signal: new AbortController().signal,
  ...change,
});

describe('redrive', () => {
  it('moves what ran out of retries, and leaves what can never succeed for everybody to see', async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => `message ${index}`);
    for (const body of bodies) await send(body);
    await send('bad', 'messageInvalid');
    await send('worse', 'messageInvalid');
    await send('no JSON', 'messageNotJson');

    expect(await redrive(options())).toEqual({ moved: 25, left: { messageInvalid: 2, messageNotJson: 1 } });
    expect(await visible(to)).toEqual(bodies.toSorted());
    expect(await visible(from)).toEqual(['bad', 'no JSON', 'worse']);
    expect(await redrive(options())).toMatchObject({ moved: 0 });
  });

  it('moves what can never succeed too when it is told to, without its reason', async () => {
    await send('newer version', 'messageVersionUnsupported');
    expect(await redrive(options({ includeNonRetryable: true }))).toEqual({ moved: 1, left: {} });
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: to, MessageAttributeNames: ['All'] }),
    );
    expect(message).toMatchObject({ Body: 'newer version' });
    expect(message?.MessageAttributes).toBeUndefined();
    expect(await total(from)).toBe(0);
  });

  it('takes a message out of the envelope that SNS may have put it into, and no other', async () => {
    await send(JSON.stringify({ Type: 'Notification', TopicArn: 'arn', Message: '{"id":1}' }));
    await send('{"Type":"Notification","Message":"of somebody else"}');
    await redrive(options());
    expect(await visible(to)).toEqual(['{"Type":"Notification","Message":"of somebody else"}', '{"id":1}']);
  });

  it('leaves what arrives after its beginning: it may have come back', async () => {
    await send('before');
    const clock = { ...systemClock, now: () => Date.now() - 60_000 };
    expect(await redrive(options({ clock }))).toEqual({ moved: 0, left: {} });
    expect(await visible(from)).toEqual(['before']);
  });

  it('loses nothing when the queue does not take a message, or when it is interrupted', async () => {
    for (let index = 0; index < 5; index += 1) await send(`message ${index}`);
    await expect(redrive(options({ to: to.replace('items', 'nowhere') }))).rejects.toThrow(/queue/i);
    const interrupt = new AbortController();
    interrupt.abort(new Error('Ctrl-C'));
    await expect(redrive(options({ signal: interrupt.signal }))).rejects.toThrow('Ctrl-C');
    expect(await visible(from)).toHaveLength(5);
    expect(await total(to)).toBe(0);
  });
});

it('says which of a system’s queues are not redriven, by the fields that would name them', () => {
  const whole = documentOf('orders', 'http://api');
  const { subscriber, deadLetter } = whole.queues;
  const lacksOf = (queues: object | undefined) => {
    const { queues: _queues, ...bare } = whole;
    return notRedriven({ ...bare, adopted: true, ...(queues && { queues }) });
  };
  expect(notRedriven(whole)).toBeNull();
  expect(lacksOf({ subscriber, deadLetter })).toBe(
    'orders: what lies in a queue that is not named is not redriven, since it lacks adopt.queues.undelivered',
  );
  expect(lacksOf({ deadLetter })).toBe(
    'orders: nothing is redriven, since it lacks adopt.queues.subscriber, adopt.queues.undelivered',
  );
  expect(lacksOf(undefined)).toMatch(
    /^orders: nothing is redriven, .*subscriber, .*deadLetter, .*undelivered$/,
  );
});
