/**
 * Whether a day of fifty systems is recorded, collected, judged and shown within 1 GiB, and how large what it leaves is:
 * each step in a process of its own, with its peak of resident memory.
 *
 *   node loadtests/bench/longRun.ts [hours] [systems] [requests a second on each]
 *
 * Time is virtual: the points of a load go to the recorder as fast as it takes them. Each system is sent a message every
 * five seconds too. `record` is what the embedded engine does, `k6` what follows k6's points, `part` one instance of
 * three, of which `collect` puts three together.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeReport } from '../../console/writeReport.ts';
import { partKind } from '../../records/part.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { runKind } from '../../records/run.ts';
import { verdictKind } from '../../records/verdict.ts';
import { mergeParts } from '../collect/mergeParts.ts';
import { heldPeriods, loadedPeriods } from '../gate/heldPeriods.ts';
import { judge } from '../gate/judge.ts';
import { config, metricsOf, systems as judgedSystems } from '../gate/testing/judgeInput.ts';
import { writeVerdict } from '../gate/writeAnswers.ts';
import { evenSegments, parseSegment, parseSequence } from '../runner/executionSegment.ts';
import { K6Feed } from '../runner/k6Feed.ts';
import type { ScenarioOptions } from '../runner/options.ts';
import { builtInMetrics, type Point } from '../runner/points.ts';
import type { Recorder } from '../runner/recorder.ts';
import { partFileOf, recorderOf, runFileOf, type RunIdentity } from '../runner/runRecord.ts';
import { Share, wholeShare } from '../runner/share.ts';
import { parseThreshold } from '../runner/thresholds.ts';
import { writePartFile, writeRunFile } from '../runner/writeRun.ts';

const [hours = '24', systemCount = '50', rate = '1', step, directory = ''] = process.argv.slice(2);
const seconds = Number(hours) * 3_600;
const perSecond = Number(rate);
const periodSeconds = 60;
const betweenMessages = 5;
const startMs = Date.UTC(2026, 0, 1);
const endMs = startMs + seconds * 1_000;
const systems = Array.from({ length: Number(systemCount) }, (_, index) => `system-${index + 1}`);

const identity: RunIdentity = {
  runId: 'long',
  profile: 'soak',
  stage: 'qa',
  place: 'aws',
  commit: null,
  configurationHash: '',
  rampSeconds: 300,
  holdSeconds: seconds - 300,
  systems,
  periodSeconds,
  firstMessageId: 2_000_000_000,
};
const arrivals = (system: string, load: string, each: number, timeUnit: number): ScenarioOptions => ({
  executor: 'constant-arrival-rate',
  startTime: 0,
  gracefulStop: 0,
  exec: 'default',
  tags: { system, load },
  rate: each,
  timeUnit,
  duration: seconds * 1_000,
  preAllocatedVUs: 30,
});
const script = {
  options: {
    scenarios: Object.fromEntries(
      systems.flatMap((system) => [
        [system, arrivals(system, 'requests', perSecond, 1_000)],
        [`${system}_messages`, arrivals(system, 'messages', 1, betweenMessages * 1_000)],
      ]),
    ),
    thresholds: systems.map((system) =>
      parseThreshold(`http_req_duration{system:${system}}`, 'trend', 'p(99)<1000'),
    ),
  },
  metricTypes: { ...builtInMetrics, messages_acknowledged: 'rate' as const },
};

/** Steps of a pseudo-random walk over the latencies, alike in every run of this. */
let state = 1;
const chance = (): number => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;

/** Every point of the load, or of a share of it, second by second. */
function feed(share: Share, add: (point: Point) => void): void {
  let iteration = 0;
  const iterate = (system: string, load: string, intendedMs: number, message: number | null): void => {
    const latencyMs = 2 + 40 * chance() ** 4;
    const scenario = message === null ? system : `${system}_messages`;
    const tags = { scenario, system, load, name: 'getItem', status: '200', batch: '1' };
    const metadata = { vu: '1', iter: String((iteration += 1)) };
    const timeMs = intendedMs + latencyMs;
    const tell = (metric: string, value: number): void => add({ metric, timeMs, value, tags, metadata });
    tell('http_reqs', 1);
    tell('http_req_duration', latencyMs);
    tell('http_req_failed', 0);
    if (message === null) tell('checks', 1);
    else {
      const told = { metric: 'messages_acknowledged', timeMs, value: 1 };
      add({
        ...told,
        tags: { ...tags, outcome: 'acknowledged' },
        metadata: { ...metadata, message: String(identity.firstMessageId + message) },
      });
    }
    tell('iteration_duration', latencyMs);
  };
  for (let second = 0; second < seconds; second += 1) {
    for (const system of systems) {
      for (let each = 0; each < perSecond; each += 1) {
        if (!share.has(second * perSecond + each)) continue;
        iterate(system, 'requests', startMs + (second + each / perSecond) * 1_000, null);
      }
      const message = second / betweenMessages;
      if (Number.isInteger(message) && share.has(message)) {
        iterate(system, 'messages', startMs + second * 1_000, message);
      }
    }
  }
}

const endedWith = (recorder: Recorder) => ({
  recorder,
  startMs,
  endMs,
  cpuPercent: null,
  lateness: null,
  reason: null,
  endedEarly: null,
  abortedBy: null,
});
const engine = { name: 'embedded', version: process.version } as const;
const runPath = join(directory, runKind.fileName);

const { segments, sequence } = evenSegments(3);
const shares = segments.map((segment) => Share.of(parseSegment(segment), parseSequence(sequence)));
const partFolder = (share: Share): string => join(directory, `part-${shares.indexOf(share)}`);

async function writePart(share: Share): Promise<void> {
  const recorder = recorderOf(identity, script, share, startMs);
  feed(share, (point) => recorder.add(point));
  const ended = endedWith(recorder);
  await mkdir(partFolder(share), { recursive: true });
  await writePartFile(partFolder(share), partFileOf(share, runFileOf(identity, engine, ended), ended));
}

const steps: Record<string, () => Promise<void>> = {
  part: async () => writePart(shares[0]!),
  others: async () => {
    for (const share of shares.slice(1)) await writePart(share);
  },
  collect: async () => {
    const parts = [];
    for (const share of shares) {
      parts.push(await requireRecord(partKind, join(partFolder(share), partKind.fileName)));
    }
    await writeRunFile(directory, mergeParts('long', parts));
  },
  record: async () => {
    const recorder = recorderOf(identity, script, wholeShare, startMs);
    feed(wholeShare, (point) => recorder.add(point));
    await writeRunFile(directory, runFileOf(identity, engine, endedWith(recorder)));
  },
  k6: async () => {
    const k6 = new K6Feed(script.options.scenarios, wholeShare, (fromMs) =>
      recorderOf(identity, script, wholeShare, fromMs),
    );
    feed(wholeShare, (point) => k6.add(point));
    const { recorder } = k6.finish(startMs);
    await writeRunFile(directory, runFileOf(identity, engine, endedWith(recorder)));
  },
  gate: async () => {
    const run = await requireRecord(runKind, runPath);
    const [like] = judgedSystems;
    const judged = systems.map((system) => ({ ...like!, system, expectedRequestsPerSecond: perSecond }));
    const verdict = judge({
      run,
      systems: judged,
      config,
      periods: heldPeriods(run.windows.hold, periodSeconds),
      metrics: metricsOf(loadedPeriods(run.windows, periodSeconds).startsMs, undefined, judged),
      place: 'aws',
      judgedAtMs: endMs,
    });
    await writeVerdict(join(directory, verdictKind.fileName), verdict);
  },
  report: async () => {
    await writeReport(directory, directory);
  },
};

if (step !== undefined) {
  const began = performance.now();
  await steps[step]!();
  const took = ((performance.now() - began) / 1_000).toFixed(0);
  const peakMiB = process.resourceUsage().maxRSS / 1_024;
  console.log(`${step.padEnd(8)} ${took.padStart(4)} s, at most ${peakMiB.toFixed(0)} MiB resident`);
} else {
  const folder = await mkdtemp(join(tmpdir(), 'headroom-long-'));
  try {
    for (const name of Object.keys(steps)) {
      const args = [import.meta.filename, hours, systemCount, rate, name, folder];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      process.stdout.write(stdout);
    }
    const files = [
      join(folder, runKind.fileName),
      join(folder, 'part-0', partKind.fileName),
      join(folder, verdictKind.fileName),
      join(folder, 'report.html'),
    ];
    for (const file of files) {
      console.log(`${file.slice(folder.length + 1)}: ${((await stat(file)).size / 2 ** 20).toFixed(1)} MiB`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
