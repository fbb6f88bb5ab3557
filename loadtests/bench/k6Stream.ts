/**
 * What it takes to follow a k6 run by its points: CPU a request, and memory, which must not grow with the requests.
 *
 *   node --expose-gc loadtests/bench/k6Stream.ts
 *
 * Lines as k6 2 writes them of a request with two checks (5.5 KB) pass through the reader and the recorder, as they do
 * through the named pipe: five systems for two hours, at one request a second each and at eight.
 */
import { builtInMetrics } from '../runner/points.ts';
import { K6Feed } from '../runner/k6Feed.ts';
import { K6PointReader } from '../runner/k6Points.ts';
import { Recorder } from '../runner/recorder.ts';
import type { ScenarioOptions } from '../runner/options.ts';
import { wholeShare } from '../runner/share.ts';

const seconds = 2 * 3_600;
const systems = Array.from({ length: 5 }, (_, index) => `system-0${index + 1}`);
const startMs = Date.UTC(2026, 0, 1);

const trail = [
  'http_reqs',
  'http_req_duration',
  'http_req_blocked',
  'http_req_connecting',
  'http_req_tls_handshaking',
  'http_req_sending',
  'http_req_waiting',
  'http_req_receiving',
  'http_req_failed',
];

/** All that k6 writes of one iteration. */
function linesOf(system: string, iteration: number, endMs: number, latencyMs: number): string {
  const time = new Date(endMs).toISOString().replace('Z', '123456Z');
  const own = `"group":"","load":"requests","phase":"hold","scenario":"${system}","system":"${system}"`;
  const http =
    `${own},"expected_response":"true","method":"GET","name":"getItem","proto":"HTTP/1.1","status":"200",` +
    `"tls_version":"tls1.3","url":"https://abcdefghij.execute-api.us-east-1.amazonaws.com/prod/getItem?item_id=1001"`;
  const metadata = `"metadata":{"iter":"${iteration}","vu":"${(iteration % 30) + 1}"}`;
  const line = (metric: string, value: number, tags: string): string =>
    `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":{${tags}},${metadata}}}\n`;
  const ofRequest = trail.map((metric) =>
    line(metric, { http_reqs: 1, http_req_duration: latencyMs }[metric] ?? 0, http),
  );
  return [
    ...ofRequest,
    line('checks', 1, `${own},"check":"status is 200"`),
    line('checks', 1, `${own},"check":"body is the one asked for"`),
    line('data_sent', 900, own),
    line('data_received', 700, own),
    line('iteration_duration', latencyMs, own),
    line('iterations', 1, own),
  ].join('');
}

function follow(perSecond: number): void {
  const scenario: ScenarioOptions = {
    executor: 'constant-arrival-rate',
    startTime: 0,
    gracefulStop: 0,
    exec: 'default',
    tags: {},
    timeUnit: 1_000,
    preAllocatedVUs: 30,
    rate: perSecond,
    duration: seconds * 1_000,
  };
  const feed = new K6Feed(
    Object.fromEntries(systems.map((system) => [system, scenario])),
    wholeShare,
    (from) => {
      const hold = { startMs: from, endMs: from + seconds * 1_000 };
      const metricTypes = builtInMetrics;
      return new Recorder({
        systems,
        startMs: from,
        windows: { hold },
        periodSeconds: 60,
        thresholds: [],
        metricTypes,
        firstMessageId: 1,
      });
    },
  );
  const reader = new K6PointReader([], (point) => feed.add(point));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let cpuMicros = 0;
  let bytes = 0;
  let iteration = 0;
  for (let second = 0; second < seconds; second += 1) {
    let text = '';
    for (let n = 0; n < perSecond; n += 1) {
      for (const system of systems) {
        iteration += 1;
        const latencyMs = 5 + (iteration % 97) / 3;
        text += linesOf(
          system,
          iteration,
          startMs + second * 1_000 + (n * 1_000) / perSecond + latencyMs,
          latencyMs,
        );
      }
    }
    bytes += text.length;
    const began = process.cpuUsage();
    reader.add(text);
    const { user, system } = process.cpuUsage(began);
    cpuMicros += user + system;
  }
  reader.end(false);
  globalThis.gc?.();
  const kept = process.memoryUsage().heapUsed - before;
  const { recorder } = feed.finish(startMs);
  const { requests } = recorder.totals;
  console.log(
    `${perSecond} a second: ${requests} requests, ${(bytes / requests / 1_000).toFixed(1)} KB each, ` +
      `${(cpuMicros / requests).toFixed(0)} µs of CPU each, ${(kept / 2 ** 20).toFixed(0)} MiB kept, ` +
      `${((kept / systems.length / seconds) * (86_400 / 2 ** 20)).toFixed(0)} MiB for a day of a system`,
  );
}

for (const perSecond of [1, 8]) follow(perSecond);
