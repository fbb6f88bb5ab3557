import { AwsError } from '../errors.ts';
import type { HttpRequest } from '../protocols/protocol.ts';

/** Seconds; SQS's own. */
const longestDelay = 900;
/** Bytes of all messages of a batch together; SNS's own. */
const largestPublishBatch = 262_144;

/** An entry of a batch that is refused, beside others that are not. */
interface FailedEntry {
  Id: string;
  SenderFault: true;
  Code: string;
  Message: string;
}

interface SqsEntry {
  Id?: string;
  MessageBody?: string;
  DelaySeconds?: number;
  ReceiptHandle?: string;
}

type SqsInput = SqsEntry & { Entries?: SqsEntry[] };

/** As the emulator makes them: anything else was never one. */
const receiptHandle = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Spares the consumers' many deletes the parsing. */
const strangeHandle = /"ReceiptHandle":\s*"(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")/;

/**
 * What of a request to SQS is left when what SQS refuses and the emulator takes is taken out: delays above 900 seconds,
 * messages without a body, receipt handles that are none. Undefined where nothing is.
 * @throws AwsError for a request that is refused as a whole
 */
export function withoutRefused(
  target: string,
  body: Buffer,
): { rest: SqsInput; failed: FailedEntry[] } | undefined {
  const action = target.slice(target.indexOf('.') + 1);
  const sends = action === 'SendMessage' || action === 'SendMessageBatch';
  const handles = /^(?:DeleteMessage|ChangeMessageVisibility)(?:Batch)?$/.test(action);
  if (!sends && !(handles && strangeHandle.test(body.toString('latin1')))) return undefined;
  const input = JSON.parse(body.toString('utf8')) as SqsInput;
  const refusalOf = sends ? refusedMessage : refusedHandle;
  if (!input.Entries) {
    const refusal = refusalOf(input);
    if (refusal) throw refusal;
    return undefined;
  }
  if (sends) {
    const without = input.Entries.findIndex(({ MessageBody }) => !MessageBody);
    if (without >= 0) throw missingBody(`SendMessageBatchRequestEntry.${without + 1}.MessageBody`);
  }
  const failed = input.Entries.flatMap((entry) => {
    const refusal = refusalOf(entry);
    if (!refusal) return [];
    const { code: Code, message: Message } = refusal;
    return [{ Id: entry.Id ?? '', SenderFault: true as const, Code, Message }];
  });
  if (failed.length === 0) return undefined;
  const ids = new Set(failed.map(({ Id }) => Id));
  return { rest: { ...input, Entries: input.Entries.filter(({ Id = '' }) => !ids.has(Id)) }, failed };
}

function refusedMessage({ MessageBody, DelaySeconds = 0 }: SqsEntry): AwsError | undefined {
  if (!MessageBody) return missingBody('MessageBody');
  if (DelaySeconds >= 0 && DelaySeconds <= longestDelay) return undefined;
  return new AwsError(
    'InvalidParameterValue',
    `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${longestDelay}.`,
  );
}

const missingBody = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`);

const refusedHandle = ({ ReceiptHandle = '' }: SqsEntry): AwsError | undefined =>
  receiptHandle.test(ReceiptHandle)
    ? undefined
    : new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${ReceiptHandle}" is not a valid receipt handle.`,
      );

/**
 * Refuses what SNS does with a message and the emulator does not, another text for each protocol; and a batch that SNS
 * refuses and the emulator takes: messages without a text, or of more than 256 KiB together.
 * @throws AwsError `InvalidParameter`, `BatchRequestTooLong`
 */
export function refusePublishing({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): void {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return;
  const text = body.toString('latin1');
  if (/(?:^|&)(?:PublishBatchRequestEntries\.member\.\d+\.)?MessageStructure=json(?:&|$)/.test(text)) {
    throw new AwsError(
      'InvalidParameter',
      'MessageStructure: expected none on the stage on this machine, where every subscriber gets the message as it is',
    );
  }
  if (!/(?:^|&)Action=PublishBatch(?:&|$)/.test(text)) return;
  if (/(?:^|&)PublishBatchRequestEntries\.member\.\d+\.Message=(?:&|$)/.test(text)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  }
  // Encoded as a form nothing is smaller than it is.
  if (body.length <= largestPublishBatch) return;
  let bytes = 0;
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (/\.Message$|\.MessageAttributes\..*(?:Name|DataType|Value)$/.test(name))
      bytes += Buffer.byteLength(value);
  }
  if (bytes <= largestPublishBatch) return;
  throw new AwsError(
    'BatchRequestTooLong',
    'The length of all the batch messages put together is more than the limit.',
  );
}
