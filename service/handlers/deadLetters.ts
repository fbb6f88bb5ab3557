import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ServiceError, type HopelessMessageError } from '../errors.ts';

/** Takes the messages that can never succeed. */
export interface DeadLetters {
  /**
   * Keeps a message with the reason as its attribute.
   * @throws ServiceError `deadLetterFailed`
   */
  send(body: string, reason: HopelessMessageError): Promise<void>;
}

export const createDeadLetters = (client: SQSClient, queueUrl: string): DeadLetters => ({
  async send(body, reason) {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason.errorCode } },
    });
    try {
      await client.send(command);
    } catch (error) {
      throw new ServiceError('deadLetterFailed', 'the dead-letter queue did not take a message', {
        cause: error,
      });
    }
  },
});
