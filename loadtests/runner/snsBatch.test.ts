import { expect, test } from 'vitest';
import { batchSizeAt } from '../k6/lib/messages.ts';
import { outcomesOf, publishBatchForm } from '../k6/lib/snsBatch.ts';

const answer = (successful: string, failed: string): string => `
  <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
  <Failed>${failed}</Failed><Successful>${successful}</Successful>
  </PublishBatchResult></PublishBatchResponse>`;
const taken = (id: string): string => `<member><MessageId>m-${id}</MessageId><Id>${id}</Id></member>`;
const refused = (id: string): string =>
  `<member><Code>InternalError</Code><Id>${id}</Id><SenderFault>false</SenderFault></member>`;

test.each([
  ['taken', 200, answer(taken('1') + taken('2'), ''), ['acknowledged', 'acknowledged']],
  ['taken in part', 200, answer(taken('2'), refused('1')), ['failed', 'acknowledged']],
  ['answered without a word of one', 200, answer(taken('1'), ''), ['acknowledged', 'unresolved']],
  ['of others', 200, answer(taken('3'), ''), ['unresolved', 'unresolved']],
  ['refused', 403, '<ErrorResponse/>', ['failed', 'failed']],
  ['throttled', 429, '<ErrorResponse/>', ['failed', 'failed']],
  ['an error of SNS', 500, '<ErrorResponse/>', ['unresolved', 'unresolved']],
  ['no answer', 0, null, ['unresolved', 'unresolved']],
])('a batch that is %s', (_, status, body, outcomes) => {
  expect(Object.values(outcomesOf(['1', '2'], status, body))).toEqual(outcomes);
});

test('a form carries any text', () => {
  const message = '{"name":"O\'Higgins & Ñusta = 美玲 +%"}';
  const form = new URLSearchParams(publishBatchForm('arn:aws:sns:x', [{ id: '7', message }]));
  expect(Object.fromEntries(form)).toMatchObject({
    Action: 'PublishBatch',
    TopicArn: 'arn:aws:sns:x',
    'PublishBatchRequestEntries.member.1.Id': '7',
    'PublishBatchRequestEntries.member.1.Message': message,
  });
});

test('few messages go one by one, many in as few calls as keep the stream even', () => {
  expect([0.1, 5, 9.9, 10, 23, 50, 1_000].map(batchSizeAt)).toEqual([1, 1, 1, 2, 4, 10, 10]);
});
