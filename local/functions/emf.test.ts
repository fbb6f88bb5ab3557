import { describe, expect, it } from 'vitest';
import { looksLikeEmf, parseEmf } from './emf.ts';

const line = (extra: Record<string, unknown> = {}): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Headroom',
          Dimensions: [['System'], ['System', 'Function']],
          Metrics: [{ Name: 'ColdStart', Unit: 'Count' }, { Name: 'Sizes' }],
        },
      ],
    },
    System: 'system-01',
    Function: 'api',
    ColdStart: 1,
    Sizes: [3, 4],
    ...extra,
  });

describe('parseEmf', () => {
  it('gives one sample for each metric and dimension set', () => {
    const samples = parseEmf(line());

    expect(samples).toHaveLength(4);
    expect(samples[0]).toEqual({
      namespace: 'Headroom',
      name: 'ColdStart',
      dimensions: { System: 'system-01' },
      timestampMs: 1_700_000_000_000,
      values: [1],
      unit: 'Count',
    });
    expect(samples[3]).toMatchObject({
      name: 'Sizes',
      dimensions: { System: 'system-01', Function: 'api' },
      values: [3, 4],
      unit: 'None',
    });
  });

  it.each([
    ['a metric that is no number', { ColdStart: 'one' }, 'ColdStart'],
    ['a dimension without a value', { System: undefined }, 'System'],
    ['metadata of another shape', { _aws: { CloudWatchMetrics: [] } }, 'Timestamp'],
  ])('refuses %s, by name', (_case, extra, name) => {
    expect(() => parseEmf(line(extra))).toThrow(name);
  });

  it('is told from other lines by a quick look', () => {
    expect(looksLikeEmf(line())).toBe(true);
    expect(looksLikeEmf('{"level":"INFO","message":"CloudWatchMetrics"}')).toBe(false);
  });
});
