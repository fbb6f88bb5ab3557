import type { ExportFile } from '../../records/export.ts';
import type { PartFile } from '../../records/part.ts';
import { CollectError } from '../errors.ts';
import { evenSegments, parseSegment, parseSequence } from '../runner/executionSegment.ts';
import { endToleranceMs } from '../runner/k6Launcher.ts';
import { K6Feed } from '../runner/k6Feed.ts';
import { K6PointReader, readPointsFile } from '../runner/k6Points.ts';
import type { Point } from '../runner/points.ts';
import { partFileOf, recorderOf, runFileOf } from '../runner/runRecord.ts';
import { plannedMs } from '../runner/schedule.ts';
import type { LoadedScript } from '../runner/script.ts';
import { Share } from '../runner/share.ts';
import { parseMetricName } from '../runner/thresholds.ts';

/**
 * What one instance of an exported load measured, from the points that its k6 left.
 * @param script the exported one
 * @param path of the points, plain or compressed; they may end anywhere: then the part is not complete
 * @throws CollectError for points of another run, or of none
 */
export async function partOfPoints(
  exported: ExportFile,
  script: LoadedScript,
  path: string,
): Promise<PartFile> {
  const { scenarios, thresholds } = script.options;
  let instance: { share: Share; feed: K6Feed } | null = null;
  let lastMs = 0;
  const begin = (point: Point): { share: Share; feed: K6Feed } => {
    const share = shareOf(exported, point, path);
    return {
      share,
      feed: new K6Feed(scenarios, share, (startMs) =>
        recorderOf(exported, script, share, startMs, { toMerge: true }),
      ),
    };
  };
  // Every second k6 counts its users: to its end.
  const asked = ['vus', ...thresholds.map(({ metric }) => parseMetricName(metric).name)];
  const reader = new K6PointReader(asked, (point) => {
    instance ??= begin(point);
    lastMs = Math.max(lastMs, point.timeMs);
    instance.feed.add(point);
  });
  await readPointsFile(path, reader, true);
  // The compiler does not see what the reader calls.
  const read = instance as { share: Share; feed: K6Feed } | null;
  if (read === null) throw new CollectError(`${path}: it contains no points of k6`);
  const { recorder, startMs, ran } = read.feed.finish(lastMs);
  const took = lastMs - startMs;
  const planned = plannedMs(scenarios) ?? 0;
  const early = `its points end after ${seconds(took)} of ${seconds(planned)} s`;
  const ended = {
    recorder,
    startMs,
    endMs: lastMs,
    cpuPercent: null,
    lateness: null,
    reason: !ran ? 'k6 ran no iteration' : took < planned - endToleranceMs ? early : null,
    endedEarly: null,
    abortedBy: null,
  };
  const run = runFileOf(exported, { name: 'k6', version: 'exported' }, ended);
  return partFileOf(read.share, run, ended);
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(0);

/** Which part it was, by the tags that every point carries. */
function shareOf({ runId, instances }: ExportFile, { tags }: Point, path: string): Share {
  if (tags['headroom_run'] !== runId) {
    throw new CollectError(`${path} is of run ${tags['headroom_run'] ?? 'none'}, and not of ${runId}`);
  }
  const { segments, sequence } = evenSegments(instances);
  const segment = segments[Number(tags['instance_id']) - 1];
  if (segment === undefined) {
    throw new CollectError(
      `${path} is of instance ${tags['instance_id'] ?? 'none'}, and the run has 1 to ${instances}`,
    );
  }
  return Share.of(parseSegment(segment), parseSequence(sequence));
}
