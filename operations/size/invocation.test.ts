import { expect, it } from 'vitest';
import { reportIn } from './invocation.ts';

const start =
  'START RequestId: 8f50 Version: 7\n{"level":"INFO","message":"REPORT of nothing"}\nEND RequestId: 8f50\n';
const text =
  'REPORT RequestId: 8f50\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t';

it('reads the report at the end of a log, of a warm and of a cold invocation', () => {
  const report = { durationMs: 12.34, billedMs: 13, memoryMiB: 256, usedMiB: 91 };
  expect(reportIn(`${start}${text}\n`)).toEqual({ ...report, initMs: null });
  expect(reportIn(`${start}${text}Init Duration: 401.2 ms\t\nXRAY TraceId: 1\tSegmentId: 2\n`)).toEqual({
    ...report,
    initMs: 401.2,
  });
});

it('reads it as JSON too, as functions write it that log so', () => {
  const metrics = {
    durationMs: 12.34,
    billedDurationMs: 13,
    memorySizeMB: 256,
    maxMemoryUsedMB: 91,
    initDurationMs: 401.2,
  };
  const line = JSON.stringify({ time: '', type: 'platform.report', record: { status: 'success', metrics } });
  expect(reportIn(`{"type":"platform.start"}\n${line}\n`)).toEqual({
    durationMs: 12.34,
    billedMs: 13,
    memoryMiB: 256,
    usedMiB: 91,
    initMs: 401.2,
  });
});

it('finds none where it is cut off, or where there is none', () => {
  expect(reportIn(start)).toBeNull();
  expect(reportIn('REPORT RequestId: 8f50\tDuration: 12.34 ms\t')).toBeNull();
  expect(reportIn('{"type":"platform.report","record":{"metrics":{')).toBeNull();
  expect(reportIn('')).toBeNull();
});
