import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { K6Error } from '../errors.ts';
import type { ScenarioOptions } from './options.ts';
import type { Point } from './points.ts';
import { mostUsers, startsOf } from './schedule.ts';
import type { Share } from './share.ts';

interface Line {
  type: string;
  metric: string;
  data: {
    time: string;
    value: number;
    tags: Record<string, string> | null;
    metadata?: Record<string, string>;
  };
}

/**
 * The points of a file that `k6 run --out json=…` wrote, in order; its lines about metrics are left out.
 * @param mayBeCut whether k6 was stopped: then the file may be missing, or end within a line
 * @throws K6Error for a line that is no JSON
 */
export async function* readK6Points(path: string, mayBeCut: boolean): AsyncGenerator<Point> {
  if (mayBeCut && !existsSync(path)) return;
  const file = await open(path);
  for await (const text of file.readLines()) {
    if (text === '') continue;
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch (error) {
      if (mayBeCut) return;
      throw new K6Error(`wrote a line that is no JSON (is the disk full?): ${text.slice(0, 80)}`, null, {
        cause: error,
      });
    }
    if (line.type !== 'Point') continue;
    const { time, value, tags, metadata = {} } = line.data;
    yield { metric: line.metric, timeMs: instantMs(time), value, tags: tags ?? {}, metadata };
  }
}

/** RFC 3339 with nanoseconds, of which Date keeps three digits only. */
function instantMs(time: string): number {
  const [, rest = ''] = /\.\d{3}(\d+)/.exec(time) ?? [];
  return Date.parse(time) + (rest === '' ? 0 : Number(`0.${rest}`));
}

/**
 * When a k6 run started, in whole milliseconds since the epoch: k6 does not write it down, but the first
 * iteration of each scenario began at a known time after it. Null without any iteration.
 */
export async function k6StartMs(
  points: AsyncIterable<Point>,
  scenarios: Readonly<Record<string, ScenarioOptions>>,
  share: Share,
): Promise<number | null> {
  const firstMs = new Map<string, number>();
  for await (const { metric, tags, timeMs, value } of points) {
    if (metric !== 'iteration_duration' && metric !== 'dropped_iterations') continue;
    const startMs = metric === 'iteration_duration' ? timeMs - value : timeMs;
    const scenario = tags['scenario'] ?? '';
    firstMs.set(scenario, Math.min(startMs, firstMs.get(scenario) ?? Number.POSITIVE_INFINITY));
  }
  const starts = [...firstMs].flatMap(([name, startMs]) => {
    const scenario = scenarios[name];
    const own = scenario && share.byUsers(mostUsers(scenario));
    if (!own) return [];
    const firstOffsetMs = startsOf(scenario, own)?.next().value ?? 0;
    return [startMs - scenario.startTime - firstOffsetMs];
  });
  return starts.length === 0 ? null : Math.floor(Math.min(...starts));
}
