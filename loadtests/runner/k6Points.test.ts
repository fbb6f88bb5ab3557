import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { K6Error } from '../errors.ts';
import { parseSegment, parseSequence } from './executionSegment.ts';
import { K6Feed } from './k6Feed.ts';
import { K6PointReader, readPointsFile } from './k6Points.ts';
import type { ScenarioOptions } from './options.ts';
import type { Point } from './points.ts';
import { Recorder } from './recorder.ts';
import { startsOf } from './schedule.ts';
import { Share, wholeShare } from './share.ts';

const line = (metric: string, second: number, value: number, tags: Record<string, string> = {}): string =>
  JSON.stringify({
    metric,
    type: 'Point',
    data: { time: `2026-01-01T01:00:0${second}.123456789+01:00`, value, tags: { ...tags, name: 'Ñandú' } },
  });
const text = [
  JSON.stringify({ type: 'Metric', data: { name: 'http_reqs', type: 'counter' }, metric: 'http_reqs' }),
  line('http_reqs', 1, 1),
  line('http_req_sending', 1, 0.5),
  line('checks', 2, 0, { check: 'status is 200' }),
]
  .map((each) => `${each}\n`)
  .join('');

function read(pieces: readonly string[], asked: readonly string[] = [], mayBeCut = false): Point[] {
  const points: Point[] = [];
  const reader = new K6PointReader(asked, (point) => points.push(point));
  for (const piece of pieces) reader.add(piece);
  reader.end(mayBeCut);
  return points;
}

describe('the lines of k6', () => {
  test('are the same points in whatever pieces they come', () => {
    const whole = read([text]);
    expect(whole.map(({ metric, value }) => [metric, value])).toEqual([
      ['http_reqs', 1],
      ['checks', 0],
    ]);
    // Nanoseconds are kept as far as a double has room for them.
    expect(whole[0]?.timeMs).toBeCloseTo(Date.UTC(2026, 0, 1, 0, 0, 1, 123) + 0.456789, 3);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = bounds.slice(1).map((to, index) => text.slice(bounds[index], to));
        expect(read(pieces)).toEqual(whole);
      }),
    );
  });

  test('that no number comes from are left out, unless a threshold asks for them', () => {
    expect(read([text], ['http_req_sending']).map(({ metric }) => metric)).toEqual([
      'http_reqs',
      'http_req_sending',
      'checks',
    ]);
  });

  test('may end anywhere where k6 was stopped, and nowhere else', () => {
    const cut = text.slice(0, -20);
    expect(read([cut], [], true)).toHaveLength(1);
    expect(() => read([cut])).toThrow(K6Error);
    expect(() => read([`${cut}\n${text}`], [], true)).toThrow('wrote a line that is no JSON');
  });
});

describe('a file of points', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headroom-points-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const readFile = async (name: string, content: string | Buffer, mayBeCut: boolean): Promise<Point[]> => {
    const path = join(directory, name);
    await writeFile(path, content);
    const points: Point[] = [];
    await readPointsFile(path, new K6PointReader([], (point) => points.push(point)), mayBeCut);
    return points;
  };

  test('is read plain and compressed alike', async () => {
    const plain = await readFile('points.json', text, false);
    expect(plain).toEqual(read([text]));
    expect(await readFile('points.json.gz', gzipSync(text), false)).toEqual(plain);
  });

  test('that its compressor did not end tells what is in it', async () => {
    const many = text.repeat(500);
    const points = await readFile('points.json.gz', gzipSync(many).subarray(0, -300), true);
    expect(points.length).toBeGreaterThan(0);
    expect(points.length).toBeLessThan(1_000);
    await expect(readFile('points.json.gz', gzipSync(many).subarray(0, -300), false)).rejects.toThrow(
      'unexpected end of file',
    );
  });
});

describe('when a run of k6 started', () => {
  const startMs = Date.UTC(2026, 0, 1);
  const scenario: ScenarioOptions = {
    executor: 'ramping-arrival-rate',
    startTime: 0,
    gracefulStop: 0,
    exec: 'default',
    tags: {},
    timeUnit: 1_000,
    preAllocatedVUs: 1,
    maxVUs: 6,
    startRate: 0,
    stages: [{ duration: 20_000, target: 10 }],
  };

  /** What the feed takes for the start of a run whose iterations took so long. */
  function startOf(durationsMs: readonly number[], share: Share): number {
    const own = share.byUsers(6) ?? share;
    const points = [...(startsOf(scenario, own) ?? [])].map((offsetMs, index): Point => {
      const value = durationsMs[index % durationsMs.length] ?? 0;
      const timeMs = startMs + offsetMs + value;
      return { metric: 'iteration_duration', timeMs, value, tags: { scenario: 'a' }, metadata: {} };
    });
    const starts: number[] = [];
    const feed = new K6Feed({ a: scenario }, share, (found) => {
      starts.push(found);
      const windows = { hold: { startMs: found, endMs: found + 20_000 } };
      return new Recorder({
        systems: ['a'],
        startMs: found,
        windows,
        thresholds: [],
        metricTypes: {},
        firstMessageId: 1,
      });
    });
    for (const point of points.toSorted((a, b) => a.timeMs - b.timeMs)) feed.add(point);
    expect(feed.finish(0)).toMatchObject({ ran: true, startMs: starts[0] });
    expect(starts).toHaveLength(1);
    return starts[0] ?? 0;
  }

  test('is told by its first iterations, however long they took, of the whole and of any part', () => {
    const sequence = parseSequence('0,1/3,2/3,1');
    const shares = ['0:1/3', '1/3:2/3', '2/3:1'].map((segment) => Share.of(parseSegment(segment), sequence));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(wholeShare, ...shares),
        (durationsMs, share) => {
          expect(Math.abs(startOf(durationsMs, share) - startMs)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('is what it is given where no iteration tells it', () => {
    const feed = new K6Feed({ a: scenario }, wholeShare, (found) => ({ found }) as unknown as Recorder);
    expect(feed.finish(42)).toEqual({ startMs: 42, recorder: { found: 42 }, ran: false, lateness: null });
  });
});
