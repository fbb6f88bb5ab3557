import { describe, expect, it } from 'vitest';
import type { Look } from './look.ts';
import { postgresqlDialect } from './postgresqlDialect.ts';

const look = (selects: number | null, atSeconds: number): Look => ({
  memoryPercent: 1,
  selects,
  connections: 1,
  queueWaitMs: 0,
  atSeconds,
});

describe('SELECTs a second between two counts', () => {
  it.each<[string, Look, Look, number | null]>([
    ['the counter moved', look(100, 10), look(160, 30), 3],
    ['nothing ran', look(100, 10), look(100, 20), 0],
    ['the counter was reset', look(100, 10), look(5, 20), null],
    ['no time passed', look(100, 10), look(110, 10), null],
    ['there is no count', look(100, 10), look(null, 20), null],
  ])('%s', (_, previous, current, expected) => {
    expect(postgresqlDialect.selectsPerSecond(previous, current)).toBe(expected);
  });
});
