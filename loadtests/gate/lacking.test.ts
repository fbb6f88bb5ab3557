import { expect, it } from 'vitest';
import { judge } from './judge.ts';
import { judgeInput, systems } from './testing/judgeInput.ts';

const [orders, returns] = systems as [(typeof systems)[number], (typeof systems)[number]];

const verdictWithout = (expectedMessagesPerSecond: number) =>
  judge(judgeInput({ systems: [{ ...orders, lacks: ['queues'], expectedMessagesPerSecond }, returns] }));

it('says of a system without queues what is not asked, which is a pass only where nothing comes', () => {
  const verdict = verdictWithout(5);
  const of = (system: string): string[] =>
    verdict.records.filter((record) => record.system === system).map(({ signal }) => signal);
  expect(of('returns')).toContain('deadLetters');
  expect(of('orders')).not.toContain('deadLetters');
  expect(of('orders')).not.toContain('oldestMessage');
  expect(verdict.records.find(({ signal }) => signal === 'queues')).toMatchObject({
    system: 'orders',
    verdict: 'inconclusive',
    reason: expect.stringMatching(
      /^Its document names no queues: .* and 5 messages a second are expected\.$/,
    ),
  });
  expect(verdictWithout(0).records.find(({ signal }) => signal === 'queues')).toMatchObject({
    verdict: 'pass',
  });
});
