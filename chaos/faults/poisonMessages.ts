import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { messageParts } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import { readDeadLetters } from '../../loadtests/messages/deadLetterQueue.ts';
import { FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import { describeError } from '../../core/describeError.ts';
import { queuedMessages } from '../../loadtests/messages/queuedMessages.ts';
import { notAsked } from '../permissions.ts';
import { poisonRounds } from '../poison.ts';
import { queueAttributeMs } from '../queueAttribute.ts';
import type { Fault } from './fault.ts';

const poisonSchema = z.strictObject({ system: z.string(), rounds: z.array(z.array(z.string())) });

const lettersSchema = z.strictObject({
  queueUrl: z.string(),
  deadLetterUrl: z.string(),
  /** Whoever's else dead letter has another body. */
  bodies: z.array(z.string()).min(1),
});

/** What SNS has taken of it, a round at a time. */
const reachedSchema = z.strictObject({ acknowledged: z.array(z.string()) });

/** The last of the poison may still be on its way to the dead-letter queue. */
const emptyLooksNeeded = 2;
const lookEveryMs = 1_000;

/**
 * Publishes messages that can never succeed, each kind beside the same good ones. Heals by itself: what was
 * given up is out of the way. Its inverse takes the dead letters of the drill, and no other, out of the queue.
 * No schedule can do that in the drill's stead, since it takes more than one call; they keep for 14 days.
 */
export const poisonMessages: Fault = {
  name: 'poison-messages',
  cutsTraffic: false,
  // Nobody publishes where nobody could remove what is stored: the good messages come with it.
  needs: [...messageParts, 'queues.subscriber', 'queues.deadLetter'],

  plan({ system, queues }, identity) {
    const rounds = poisonRounds(identity).map((round) => round.map(({ body }) => body));
    const poison: z.infer<typeof poisonSchema> = { system, rounds };
    const letters: z.infer<typeof lettersSchema> = {
      queueUrl: queues.subscriber.url,
      deadLetterUrl: queues.deadLetter.url,
      bodies: rounds.flat(),
    };
    return { arguments: poison, inverse: letters };
  },

  obstacle: () => Promise.resolve(null),

  permissions: () => Promise.resolve(notAsked('sqs:DeleteMessage')),

  async inject(planned, { publisher, signal, note }) {
    const { system, rounds } = poisonSchema.parse(planned);
    for (const round of rounds) {
      try {
        await publisher.slipIn(system, round, signal);
        await note({ acknowledged: round });
      } catch (error) {
        signal.throwIfAborted();
        throw new FaultNotAppliedError(`${system}: ${describeError(error)}`, { cause: error });
      }
    }
  },

  async restore(inverse, { clients: { sqs }, clock, injectedAtMs, reached }) {
    const { queueUrl, deadLetterUrl, bodies } = lettersSchema.parse(inverse);
    const own = new Set(bodies);
    const left = new Set(bodies);
    const acknowledged = new Set(reached.flatMap((what) => reachedSchema.parse(what).acknowledged));
    const deadlineMs = clock.now() + limits.drill.poisonGatheredWithinMs;
    for (let emptyLooks = 0; ; await clock.sleep(lookEveryMs)) {
      // Asked first: what has left the queue by then is among the dead letters, or stored.
      const underWay = await queuedMessages(sqs, queueUrl);
      const held = await queuedMessages(sqs, deadLetterUrl);
      const read = await readDeadLetters(sqs, deadLetterUrl, {
        takeAway: ({ Body = '' }) => own.has(Body),
      });
      for (const { Body = '' } of read) left.delete(Body);
      if (left.size === 0) return null;
      // Whoever reads them now, or was killed while doing so, hides some for a minute.
      const hidden = Math.max(0, held - read.length);
      emptyLooks = underWay === 0 && hidden === 0 ? emptyLooks + 1 : 0;
      if (emptyLooks === emptyLooksNeeded) return null;
      const missing = [...left].filter((body) => acknowledged.has(body)).length;
      const agoMs = clock.now() - injectedAtMs;
      if (missing === 0 && hidden === 0 && agoMs >= limits.drill.poisonGatheredWithinMs) {
        return `${left.size} of ${own.size} messages, which SNS never acknowledged, were found nowhere: counted as not published`;
      }
      if (clock.now() < deadlineMs) continue;
      if (agoMs >= (await retentionMs(sqs, queueUrl))) {
        return `${left.size} of ${own.size} messages were found nowhere, and the queue keeps none for that long: they are gone`;
      }
      throw new NotRestoredError(
        `${left.size} of the drill's ${own.size} messages are not in ${deadLetterUrl}: they may still arrive, with ` +
          `${underWay} messages in ${queueUrl}, or be among the ${hidden} dead letters that somebody is reading`,
      );
    }
  },
};

/** How long a queue keeps what nobody takes, in milliseconds; the longest there is, where SQS does not tell. */
const retentionMs = async (sqs: SQSClient, url: string): Promise<number> =>
  (await queueAttributeMs(sqs, url, 'MessageRetentionPeriod')) ?? 14 * 24 * 3_600_000;
