import { expect, it } from 'vitest';
import { completeSize, exampleSize } from '../../records/testing/examples.ts';
import type { SizeFile } from '../../records/size.ts';
import { formatSize } from './formatSize.ts';

const [present] = exampleSize.sizes as [SizeFile['sizes'][number]];
const small = {
  ...present,
  memoryMiB: 128,
  keepsReserve: false,
  doubts: ['12 of 360 calls were throttled: others use the function’s concurrency'],
};
const large = {
  ...present,
  memoryMiB: 512,
  durationMs: { p50: 9, p95: 12, p99: 14, max: 30 },
  usdAMillion: 0.31,
};
const record: SizeFile = {
  ...exampleSize,
  sizes: [small, present, large],
  answer: {
    cheapestMiB: 256,
    asCheapMiB: [512],
    quickestMiB: 512,
    asQuickMiB: [],
    adviceMiB: 512,
    usdAMonth: 4.891,
  },
};

it('shows every size, of which nothing is concluded, and what follows', () => {
  expect(formatSize(record, 100)).toMatchInlineSnapshot(`
    "system-01, qa-system-01-api: ms of warm invocations, 6.0 a second of each size
          MiB   p50   p95   p99   CPU    used  cold  USD a million
        128 ?  12.5  20.3  31.0  62 %  86 % !   521          0.248
      256 now  12.5  20.3  31.0  62 %    43 %   521          0.248
          512   9.0  12.0  14.0  62 %    21 %   521          0.310
    Nothing is concluded about these:
      128 MiB: 12 of 360 calls were throttled: others use the function’s concurrency
    Cheapest: 256 MiB (512 cannot be told apart from it). Fastest: 512 MiB.
    These keep 20 % of their memory in reserve: 256, 512 MiB.
    62 % of a warm invocation at 256 MiB is computing, the rest is waiting: more memory means more CPU,
    up to one vCPU at 1769 MiB.
    The cheapest of those: api.memoryMiB 512 instead of 256, 4.89 USD more a month at the whole peak."
  `);
});

it('says of the subscriber what its batches were, and which setting to change', () => {
  const text = formatSize({ ...completeSize, sizes: record.sizes, answer: record.answer }, 200);
  expect(text).toContain(
    'qa-system-01-subscriber: ms of warm batches of 5 messages, 6.0 a second of each size',
  );
  expect(text).toContain('USD a million batches');
  expect(text).toContain('reserve, with a batch of 100 messages: 256, 512 MiB.');
  expect(text).toContain('subscriber.memoryMiB 512 instead of 256, 4.89 USD more');
});

it('says that nothing can be concluded', () => {
  expect(formatSize({ ...record, answer: null }, 100)).toMatch(/No size was measured well enough/);
});

it('says what CPU is worth', () => {
  expect(formatSize(record, 200)).toMatch(
    /62 % .* is computing, .*more memory means more CPU, up to one vCPU/,
  );
  const waiting = { ...exampleSize, sizes: [{ ...present, cpuPercent: 4 }] };
  expect(formatSize(waiting, 200)).toMatch(/hardly makes it faster/);
  expect(formatSize(waiting, 200)).toMatch(/The present 256 MiB is the cheapest of those/);
});
