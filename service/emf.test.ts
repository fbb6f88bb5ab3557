import { describe, expect, it } from 'vitest';
import { parseEmf } from '../local/functions/emf.ts';
import { createEmf } from './emf.ts';

describe('createEmf', () => {
  it('is what CloudWatch reads as metrics, with the properties in none of them', () => {
    const emf = createEmf({ System: 'system-01', Function: 'api' });
    const coldStart = { name: 'ColdStart', unit: 'Count' };
    const memory = { name: 'FunctionMemoryUtilization', unit: 'Percent' };
    const sample = { namespace: 'Headroom', dimensions: { System: 'system-01', Function: 'api' } };

    const line = emf(1_767_322_000_000, [coldStart, memory], [1, 41.5], { ages: [3, 4] });
    const next = emf(1_767_322_000_001, [memory], [42], {});

    expect(parseEmf(line)).toEqual([
      { ...sample, ...coldStart, values: [1], timestampMs: 1_767_322_000_000 },
      { ...sample, ...memory, values: [41.5], timestampMs: 1_767_322_000_000 },
    ]);
    expect(parseEmf(next)).toEqual([{ ...sample, ...memory, values: [42], timestampMs: 1_767_322_000_001 }]);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ ages: [3, 4] });
  });
});
