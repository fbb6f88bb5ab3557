import { SNSClient, type PublishBatchCommand } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { limits } from '../monitoring/limits.ts';
import { parseMessage } from '../service/domain/message.ts';
import { messagesDue, startPublisher } from './publisher.ts';
import { reserveIds } from '../loadtests/messages/ids.ts';
import { scaledClock } from './testing/scaledClock.ts';
import { service } from '../service/testing/service.ts';
import { testDocument } from './testing/systemDocuments.ts';

type Entry = { Id?: string | undefined; Message?: string | undefined };

/** A topic that answers each batch with `respond`, and remembers what was offered. */
function topic(respond: (entries: Entry[], call: number) => Entry[]) {
  const offered: Entry[] = [];
  let calls = 0;
  const sns = Object.assign(new SNSClient({ region: 'us-east-1' }), {
    send: async (command: object) => {
      const entries = (command as PublishBatchCommand).input.PublishBatchRequestEntries ?? [];
      offered.push(...entries);
      calls += 1;
      return { Successful: respond(entries, calls), Failed: [] };
    },
  });
  return { sns, offered };
}

const start = (sns: SNSClient, onProgress?: (line: string) => void) =>
  startPublisher({
    service,
    systems: [testDocument('system-01')],
    sns,
    clock: scaledClock(20),
    firstId: 5_000_000_000,
    ...(onProgress ? { onProgress } : {}),
  });

describe('startPublisher', () => {
  it('publishes valid messages of new clients, at the rate of the peak, each id once', async () => {
    const { sns, offered } = topic((entries) => entries);
    const publisher = start(sns);
    await vi.waitFor(() => expect(publisher.acknowledged('system-01').size).toBeGreaterThan(40), 5_000);
    await publisher.stop();
    const messages = offered.map(({ Message }) => parseMessage(Message ?? ''));
    const ids = messages.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => 5_000_000_000 + index));
    expect([...publisher.acknowledged('system-01')]).toEqual(ids);
    // 40 messages at 5 a second.
    const occurred = messages.map(({ occurredAt }) => Date.parse(occurredAt));
    expect(occurred[40]! - occurred[0]!).toBeGreaterThan(7_000);
  });

  it('offers again, unchanged, what was not acknowledged', async () => {
    const { sns, offered } = topic((entries, call) => {
      if (call === 1) throw new Error('no answer');
      return call === 2 ? entries.slice(1) : entries;
    });
    const lines: string[] = [];
    const publisher = start(sns, (line) => lines.push(line));
    await vi.waitFor(() => expect(publisher.acknowledged('system-01').size).toBeGreaterThan(10), 5_000);
    await publisher.stop();
    expect(publisher.unresolved('system-01')).toBe(0);
    const first = offered.filter(({ Id }) => Id === '5000000000').map(({ Message }) => Message);
    expect(first).toHaveLength(3);
    expect(new Set(first).size).toBe(1);
    expect(lines).toEqual([expect.stringContaining('no answer')]);
  });

  it('counts what was never acknowledged as unresolved, not as published', async () => {
    const { sns, offered } = topic(() => []);
    const publisher = start(sns);
    await vi.waitFor(() => expect(offered.length).toBeGreaterThan(0), 5_000);
    await publisher.stop();
    expect(publisher.acknowledged('system-01').size).toBe(0);
    expect(publisher.unresolved('system-01')).toBeGreaterThan(0);
  });
});

describe('what is slipped in', () => {
  const never = new AbortController().signal;

  it('goes out in one call with good messages, and is counted apart from them', async () => {
    const calls: string[][] = [];
    const { sns } = topic((entries) => {
      calls.push(entries.map(({ Message = '' }) => Message));
      return entries;
    });
    const publisher = start(sns);
    await publisher.slipIn('system-01', ['poison 1', 'poison 2'], never);
    await publisher.stop();
    expect(publisher.slippedIn('system-01')).toEqual(['poison 1', 'poison 2']);
    const call = calls.find((messages) => messages.includes('poison 1')) ?? [];
    expect(call.slice(0, 2)).toEqual(['poison 1', 'poison 2']);
    expect(call.length).toBeGreaterThan(2);
    expect(publisher.acknowledged('system-01').size).toBe(calls.flat().length - 2);
  });

  it('is not sent any more once it was given up', async () => {
    const { sns, offered } = topic(() => []);
    const publisher = start(sns);
    await expect(publisher.slipIn('system-01', ['poison'], never)).rejects.toThrow('SNS took no messages');
    const abort = new AbortController();
    const slipped = publisher.slipIn('system-01', ['late poison'], abort.signal);
    abort.abort(new Error('Ctrl-C'));
    await expect(slipped).rejects.toThrow('Ctrl-C');
    const sent = offered.filter(({ Message }) => Message?.includes('poison')).length;
    const before = offered.length;
    await vi.waitFor(() => expect(offered.length).toBeGreaterThan(before), 5_000);
    expect(offered.filter(({ Message }) => Message?.includes('poison'))).toHaveLength(sent);
    await publisher.stop();
  });
});

describe('the schedule and the ids', () => {
  it('never run ahead of the rate, nor out of the block', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.double({ min: 1, max: 100_000, noNaN: true }), (elapsedMs, perSecond) => {
        const due = messagesDue(elapsedMs, perSecond);
        expect(due).toBeLessThanOrEqual(limits.messageIds.blockSize);
        expect(due).toBeLessThanOrEqual((elapsedMs / 1_000) * perSecond);
        expect(messagesDue(elapsedMs + 1_000, perSecond)).toBeGreaterThanOrEqual(due);
      }),
    );
  });

  it('are blocks that do not overlap, in integers that JavaScript holds exactly', () => {
    const { first, blockSize } = limits.messageIds;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const id = reserveIds(() => random);
        expect((id - first) % blockSize).toBe(0);
        expect(id).toBeGreaterThanOrEqual(first);
        expect(Number.isSafeInteger((id + blockSize) * 7_919)).toBe(true);
      }),
    );
  });
});
