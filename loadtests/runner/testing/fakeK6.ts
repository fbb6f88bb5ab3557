import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { throwingTrial } from './throwingTrial.ts';

/**
 * How the fake k6 behaves: `ok` and `thresholds` write a run's points and end with 0 or 99; `broken` ends with
 * a script exception; `aborted` is `thresholds` by a k6 that began 3.5 s ago; `long` is `ok` for 25 s that are over
 * already; `slow` says its process id, and writes points until SIGINT, then ends with 105 in the middle of a line.
 * `throws` is `ok` with four iterations more that failed before they had sent anything; `unread` is `ok` of a k6 whose log says
 * otherwise what iterations throw. What it was called with stands in `arguments` beside it.
 */
export type FakeK6Mode = 'ok' | 'thresholds' | 'aborted' | 'long' | 'broken' | 'slow' | 'throws' | 'unread';

/** k6's own output of one signed request with two checks, as `--out json` writes it. */
const program = (version: string, mode: FakeK6Mode): string => `#!${process.execPath}
const { appendFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === 'version') {
  console.log('k6 ${version} (go1.26.0, linux/amd64)');
  process.exit(0);
}
const mode = '${mode}';
// As k6 logs: to stderr, each entry an object where it is told so.
const asJson = args.join(' ').includes('--log-output stderr --log-format json');
const log = (level, msg, fields = {}) =>
  console.error(asJson ? JSON.stringify({ ...fields, level, msg, time: new Date().toISOString() }) :
    Object.entries({ level, msg, ...fields }).map(([key, value]) => key + '=' + JSON.stringify(value)).join(' '));
${throwingTrial(mode === 'unread' ? 'executorKind' : 'executor')}
const out = args[args.indexOf('--out') + 1].replace('json=', '');
const tags = args[args.indexOf('--system-tags') + 1].split(',');
if (!/(peak|breakpoint)\\.ts$/.test(args.at(-1)) || args[0] !== 'run' || !tags.includes('vu') || !tags.includes('iter')) {
  console.error('unexpected arguments: ' + args.join(' '));
  process.exit(104);
}
const printed = { source: 'console' };
if (process.env.AWS_SECRET_ACCESS_KEY === undefined) process.exit(104);
if (mode === 'broken') {
  log('error', 'ReferenceError: nonsense is not defined\\n\\tat peak.ts:1:1(0)\\n', { hint: 'script exception' });
  process.exit(107);
}
appendFileSync(__dirname + '/arguments', args.join(' ') + '\\n');
const startMs = Date.now() - ({ aborted: 3_500, long: 25_000 }[mode] ?? 0);
const line = (metric, atMs, value, tags, metadata) => {
  // RFC 3339 with nanoseconds and an offset, as Go prints a local time.
  const time = new Date(atMs + 3_600_000).toISOString().replace('Z', '250000+01:00');
  return JSON.stringify({ metric, type: 'Point', data: { time, value, tags, ...(metadata && { metadata }) } }) + '\\n';
};
let iteration = 0;
const oneIteration = (system, offsetMs, status, bodyPasses) => {
  const metadata = { vu: String((iteration % 3) + 1), iter: String(iteration++) };
  const endMs = startMs + offsetMs + 8;
  const phase = args.at(-1).endsWith('breakpoint.ts') ? 'climb' : offsetMs < 1_000 ? 'ramp' : 'hold';
  const own = { group: '', scenario: system, system, load: 'requests', phase };
  const http = { ...own, name: 'getItem', method: 'GET', status: String(status), url: 'getItem',
    expected_response: String(status === 200), proto: 'HTTP/1.1' };
  const trail = { http_reqs: 1, http_req_duration: 6, http_req_blocked: 1.5, http_req_connecting: 1,
    http_req_tls_handshaking: 0, http_req_sending: 0.5, http_req_waiting: 5, http_req_receiving: 0.5,
    http_req_failed: status === 200 ? 0 : 1 };
  return Object.entries(trail).map(([metric, value]) => line(metric, endMs, value, http, metadata)).join('') +
    line('checks', endMs, status === 200 ? 1 : 0, { ...own, name: 'getItem', check: 'status is 200' }, metadata) +
    line('checks', endMs, bodyPasses ? 1 : 0, { ...own, name: 'getItem', check: 'body is the one asked for' }, metadata) +
    line('vus', endMs, 3, {}) +
    line('iteration_duration', endMs, 8, own, metadata) +
    line('iterations', endMs, 1, own, metadata);
};
writeFileSync(out, JSON.stringify({ type: 'Metric', metric: 'http_reqs', data: { name: 'http_reqs', type: 'counter',
  contains: 'default', thresholds: [], submetrics: null } }) + '\\n');
const { system, messages } = JSON.parse(process.env.HEADROOM_TARGETS)[0];
// One call of SNS with two messages, of which the first is taken.
const oneCall = (offsetMs, ids) => {
  const metadata = { vu: '9', iter: String(iteration++) };
  const endMs = startMs + offsetMs + 8;
  const own = { group: '', scenario: system + '_messages', system, load: 'messages', phase: 'hold', batch: '2' };
  return line('http_reqs', endMs, 1, { ...own, status: '200' }, metadata) +
    line('http_req_duration', endMs, 7, own, metadata) +
    ids.map((id, index) => line('messages_acknowledged', endMs, index === 0 ? 1 : 0,
      { ...own, outcome: index === 0 ? 'acknowledged' : 'failed' }, { ...metadata, message: String(id) })).join('') +
    line('iteration_duration', endMs, 8, own, metadata);
};
console.log('     execution: local');
if (mode === 'slow') {
  log('info', 'process ' + process.pid, printed);
  log('info', 'running', printed);
  setInterval(() => appendFileSync(out, oneIteration(system, Date.now() - startMs, 200, true)), 20);
  process.on('SIGINT', () => {
    appendFileSync(out, '{"metric":"http_re');
    process.exit(105);
  });
} else {
  // A ramp of one second to ten a second has its first iteration after 447 ms.
  const isGood = ['ok', 'long', 'throws', 'unread'].includes(mode);
  if (mode === 'throws') {
    const executor = { executor: 'ramping-arrival-rate', scenario: system };
    const stack = '\\n\\tat sendRequest (file:///peak.ts:20:9(7))\\n';
    log('error', 'TypeError: no answer' + stack, { ...executor, source: 'stacktrace' });
    log('error', 'Uncaught (in promise) TypeError: no answer' + stack, { ...executor, source: 'stacktrace' });
    // As k6 says it of a rejected promise before it called that an exception, too.
    log('error', 'Uncaught (in promise) gone', executor);
    log('error', 'error unmarshaling setup data for the iteration from JSON: unexpected end', executor);
    log('error', 'Error while allocating unplanned VU', { ...executor, error: 'cannot initialize' });
    log('error', 'Uncaught (in promise) is what a script may print', printed);
    log('warning', 'Insufficient VUs, reached 10 active VUs and cannot initialize more', executor);
    for (let n = 0; n < 4; n += 1) {
      const own = { group: '', scenario: system, system, load: 'requests', phase: 'hold' };
      const metadata = { vu: '1', iter: String(iteration++) };
      appendFileSync(out, line('iteration_duration', startMs + 1_200 + n, 1, own, metadata) +
        line('iterations', startMs + 1_200 + n, 1, own, metadata));
    }
  }
  for (let n = 0; n < (mode === 'long' ? 240 : 20); n += 1) {
    appendFileSync(out, oneIteration(system, 448 + n * 100, isGood || n % 2 ? 200 : 503, isGood));
  }
  const firstId = Number(process.env.HEADROOM_FIRST_MESSAGE_ID);
  // The iteration between them left no word.
  if (messages) appendFileSync(out, oneCall(1_100, [firstId, firstId + 1]) + oneCall(1_500, [firstId + 4, firstId + 5]));
  appendFileSync(out, line('dropped_iterations', startMs + 1_500, 1, { scenario: system, system }));
  process.exit(isGood ? 0 : 99);
}
`;

/** Puts an executable `k6` into the directory. */
export async function installFakeK6(directory: string, mode: FakeK6Mode, version = 'v2.2.0'): Promise<void> {
  const path = join(directory, 'k6');
  await writeFile(path, program(version, mode));
  await chmod(path, 0o755);
}
