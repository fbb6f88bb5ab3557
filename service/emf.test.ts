import { describe, expect, it } from 'vitest';
import { parseEmf } from '../infra/local/functions/emf.ts';
import { emfLine } from './emf.ts';

describe('emfLine', () => {
  it('is what CloudWatch reads as metrics, with the properties in none of them', () => {
    const metrics = [
      { name: 'ColdStart', unit: 'Count', value: 1 },
      { name: 'FunctionMemoryUtilization', unit: 'Percent', value: 41.5 },
    ];
    const line = emfLine(1_767_322_000_000, { System: 'system-01', Function: 'api' }, metrics, {
      outcome: 'ok',
    });

    expect(parseEmf(line)).toEqual(
      metrics.map(({ name, unit, value }) => ({
        namespace: 'Headroom',
        name,
        unit,
        values: [value],
        dimensions: { System: 'system-01', Function: 'api' },
        timestampMs: 1_767_322_000_000,
      })),
    );
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ outcome: 'ok' });
  });
});
