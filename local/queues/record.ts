import type { Message } from '@aws-sdk/client-sqs';

/** Whose messages they are, as their records say. */
export interface RecordSource {
  queueArn: string;
  region: string;
}

/** A message as Lambda hands it to a function: one of an event's `Records`. */
export const recordOf = (message: Message, { queueArn, region }: RecordSource): Record<string, unknown> => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
      name,
      {
        stringValue: value.StringValue,
        // As Lambda has it: bytes are base64.
        binaryValue: value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64'),
        dataType: value.DataType,
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});
