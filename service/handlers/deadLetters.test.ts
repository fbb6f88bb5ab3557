import { SQSClient, type SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { NonRetryableMessageError } from '../errors.ts';
import { createDeadLetters, type DeadLetter } from './deadLetters.ts';

/** Everything in it counts for SQS: the body, and the attribute's name, type and value. */
const bytesOf = ({ body, reason }: DeadLetter): number =>
  Buffer.byteLength(`${body}reasonString${reason.errorCode}`);

it('sends every letter once, in calls of what a queue takes at once, and tells those it did not take', async () => {
  const letters = fc.array(
    fc.record({
      character: fc.constantFrom('x', 'ñ', '👩'),
      length: fc.oneof(fc.nat(200), fc.integer({ min: 20_000, max: 60_000 })),
      refused: fc.boolean(),
    }),
    { maxLength: 40, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(letters, async (drawn) => {
      const reason = new NonRetryableMessageError('messageVersionUnsupported', 'expected another');
      const sent = drawn.map(({ character, length, refused }, index) => {
        const body = `${index}${refused ? '-' : '+'}${character.repeat(length)}`;
        return { body, reason };
      });
      const got: string[] = [];
      const send = async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
        expect(Entries.length).toBeLessThanOrEqual(10);
        const bodies = Entries.map(({ MessageBody = '' }) => MessageBody);
        const bytes = bodies.reduce((sum, body) => sum + bytesOf({ body, reason }), 0);
        expect(bytes).toBeLessThanOrEqual(262_144);
        got.push(...bodies);
        return { Failed: Entries.filter((_entry, index) => /^\d+-/.test(bodies[index]!)) };
      };

      const refused = await createDeadLetters(Object.assign(new SQSClient(), { send }), 'dead').send(sent);

      expect(got.toSorted()).toEqual(sent.map(({ body }) => body).toSorted());
      expect(new Set(refused.keys())).toEqual(
        new Set(sent.filter((_letter, index) => drawn[index]!.refused)),
      );
    }),
    { numRuns: 60 },
  );
});
