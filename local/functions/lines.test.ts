import { describe, expect, it, vi } from 'vitest';
import { LineCollector } from './lines.ts';

describe('LineCollector', () => {
  it('hands on whole lines once a turn, and keeps an unfinished one', async () => {
    const batches: string[][] = [];
    const collector = new LineCollector((lines) => batches.push(lines));

    collector.write('one\ntw');
    collector.write('o\n\nthree');
    await vi.waitFor(() => expect(batches).toEqual([['one', 'two']]));

    expect(collector.take()).toEqual(['three']);
    expect(collector.take()).toEqual([]);
  });

  it('hands nothing on twice when it was taken first', async () => {
    const batches: string[][] = [];
    const collector = new LineCollector((lines) => batches.push(lines));

    collector.write('one\n');
    expect(collector.take()).toEqual(['one']);
    await new Promise(setImmediate);
    expect(batches).toEqual([]);
  });
});
