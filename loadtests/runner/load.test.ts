import { SNSClient } from '@aws-sdk/client-sns';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunTooLongError, UnknownProfileError } from '../errors.ts';
import { systemClock } from '../../core/clock.ts';
import { FileWriteError } from '../../core/errors.ts';
import { lookUp } from '../../service/load.ts';
import { clientOf } from '../../service/load/clients.ts';
import { partKind } from '../../records/part.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { runFileSchema, type RunFile } from '../../records/run.ts';
import { mergeParts } from '../collect/mergeParts.ts';
import { limits } from '../../monitoring/limits.ts';
import { evenSegments, parseSegment, parseSequence } from './executionSegment.ts';
import { profileNamed, profiles, runLoad, type LoadOptions, type RequestSample } from './load.ts';
import { scriptOf } from './profiles.ts';
import { plannedMs, scheduledStarts } from './schedule.ts';
import { loadScript } from './script.ts';
import { Share } from './share.ts';
import { summaryLines } from './summary.ts';
import { seedAll, startFakeApi, testCredentials, type FakeApi } from './testing/fakeApi.ts';
import { holds } from './thresholds.ts';
import { loadOptions } from './testing/loadOptions.ts';
import { systemAt } from './testing/systems.ts';
import { service } from '../../service/testing/service.ts';

let directory: string;
let apis: FakeApi[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-run-'));
  apis = [await startFakeApi(), await startFakeApi()];
  for (const api of apis) seedAll(api);
});
afterEach(async () => {
  await Promise.all(apis.map((api) => api.close()));
  await rm(directory, { recursive: true, force: true });
});

const options = (profile: string, more: Partial<LoadOptions> = {}): LoadOptions => {
  const systems = apis.map(({ url }, index) => systemAt(`system-0${index + 1}`, url, 20));
  return loadOptions({ profile, systems, runDirectory: join(directory, 'run-1') }, more);
};

const stored = async (): Promise<RunFile> =>
  runFileSchema.parse(JSON.parse(await readFile(join(directory, 'run-1', 'run.json'), 'utf8')));

const failedThresholds = (run: RunFile): string[] =>
  run.thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric);

/** What a person would set who runs the script with k6. */
const scriptOptions = async (name: string, more: Record<string, string> = {}) => {
  const env = {
    HEADROOM_TARGETS: JSON.stringify([
      {
        system: 'a',
        url: 'http://127.0.0.1:1',
        requestsPerSecond: 10,
        messages: { url: 'http://127.0.0.1:2', topicArn: 'arn:aws:sns:us-east-1:1:a', perSecond: 4 },
      },
    ]),
    HEADROOM_REGION: 'us-east-1',
    HEADROOM_RAMP_SECONDS: '4',
    HEADROOM_HOLD_SECONDS: '10',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...more,
  };
  return (await loadScript(scriptOf(service.definition, name), env, () => undefined)).options;
};

test.each(profiles)('%s says truly whether it aims at a rate', async (name) => {
  const { scenarios } = await scriptOptions(name);
  const scheduled = Object.values(scenarios).map((scenario) => scheduledStarts(scenario) !== null);
  expect(new Set(scheduled)).toEqual(new Set([profileNamed(name).paced !== null]));
});

test.each(
  profiles
    .filter((name) => profileNamed(name).paced)
    .flatMap((name): [string, string, number][] => [
      [name, 'requests', name === 'publish' ? 0 : 10],
      [name, 'messages', 4],
    ]),
)(
  'the script of %s does when what its profile says, at the rate of %s that it says',
  async (name, load, peak) => {
    const paced = profileNamed(name).paced!;
    const startsOf = async (more: Record<string, string>): Promise<number[]> => {
      const { scenarios } = await scriptOptions(name, more);
      return Object.values(scenarios)
        .filter(({ tags }) => tags['load'] === load)
        .flatMap((scenario) =>
          [...(scheduledStarts(scenario) ?? [])].flatMap((startMs) =>
            Array.from({ length: Number(scenario.tags['batch'] ?? 1) }, () => startMs + scenario.startTime),
          ),
        );
    };
    const { before, hold, after, endSeconds } = paced.timeline({ rampSeconds: 4, holdSeconds: 10 });
    expect(plannedMs((await scriptOptions(name)).scenarios)).toBe(endSeconds * 1_000);
    const starts = await startsOf({});
    const rateIn = ({ from, to }: typeof hold): number =>
      starts.filter((startMs) => startMs > from * 1_000 && startMs <= to * 1_000).length / (to - from);
    // The mean of a climb from nothing is half of where it ends.
    expect(rateIn(hold)).toBeCloseTo(peak * paced.rateScale * (paced.hasHold ? 1 : 0.5), 0);
    const base = [before, after].flatMap((stretch) => (stretch ? [rateIn(stretch)] : []));
    for (const rate of base) expect(rate).toBeCloseTo(peak * 0.1, 1);
    const twice = await startsOf({ HEADROOM_RATE_SCALE: String(paced.rateScale * 2) });
    expect(twice.length).toBeGreaterThanOrEqual(starts.length * 1.5);
  },
);

test('a soak is a peak that lasts', async () => {
  expect(await scriptOptions('soak')).toEqual(await scriptOptions('peak'));
});

test('a spike asks for its limits before and after', async () => {
  const { thresholds } = await scriptOptions('spike');
  const asked = (load: string, phase: string): string[] =>
    thresholds.flatMap(({ metric, expression }) =>
      metric.includes(load) && metric.endsWith(`phase:${phase}}`)
        ? [`${metric.split('{')[0]} ${expression}`]
        : [],
    );
  const whole = [
    'http_reqs count>0',
    'checks rate>0.99',
    'http_req_failed rate<0.01',
    'http_req_duration p(99)<1000',
  ];
  expect(['before', 'spike', 'after'].map((phase) => asked('load:requests', phase))).toEqual([
    whole,
    ['http_reqs count>0'],
    whole,
  ]);
  expect(['before', 'spike', 'after'].map((phase) => asked('messages', phase))).toEqual([
    ['http_reqs count>0', 'messages_acknowledged rate>0.99'],
    [],
    ['http_reqs count>0', 'messages_acknowledged rate>0.99'],
  ]);
});

test('a breakpoint is ended by errors, checks, latency and unpublished messages, once a fifth of the climb is over', async () => {
  const { thresholds } = await scriptOptions('breakpoint', { HEADROOM_RAMP_SECONDS: '100' });
  const climb = 'system:a,load:requests,phase:climb';
  expect(
    thresholds.map(({ metric, abortOnFail, delayAbortEvalMs }) => [metric, abortOnFail, delayAbortEvalMs]),
  ).toEqual([
    [`http_reqs{${climb}}`, false, 0],
    [`checks{${climb}}`, true, 20_000],
    [`http_req_failed{${climb}}`, true, 20_000],
    [`http_req_duration{${climb}}`, true, 20_000],
    ['http_reqs{system:a,load:messages,phase:climb}', false, 0],
    ['messages_acknowledged{system:a,phase:climb}', true, 20_000],
  ]);
});

test('a threshold crosses its limit where the gate does, at the limit itself', async () => {
  const { thresholds } = await scriptOptions('peak');
  const atLimit: Record<string, number> = {
    checks: 1 - limits.errorRatePercent / 100,
    messages_acknowledged: 1 - limits.errorRatePercent / 100,
    http_req_failed: limits.errorRatePercent / 100,
    http_req_duration: limits.latencyP99Ms,
  };
  const asked = thresholds.filter(({ metric }) => !metric.startsWith('http_reqs'));
  expect(asked).toHaveLength(4);
  for (const threshold of asked) {
    const limit = atLimit[threshold.metric.split('{')[0]!]!;
    const better = threshold.operator === '<' ? 0.999 * limit : 1.001 * limit;
    expect([threshold.metric, holds(threshold, limit), holds(threshold, better)]).toEqual([
      threshold.metric,
      false,
      true,
    ]);
  }
});

test('publishing has nothing to do where no system expects messages', async () => {
  const targets = JSON.stringify([{ system: 'a', url: 'http://127.0.0.1:1', requestsPerSecond: 10 }]);
  await expect(scriptOptions('publish', { HEADROOM_TARGETS: targets })).rejects.toThrow(
    'none of the systems expects messages',
  );
});

test('rare messages that a hold may miss are not counted on', async () => {
  const targets = JSON.stringify([
    {
      system: 'a',
      url: 'http://127.0.0.1:1',
      requestsPerSecond: 10,
      messages: { url: 'http://127.0.0.1:2', topicArn: 'arn:aws:sns:us-east-1:1:a', perSecond: 0.1 },
    },
  ]);
  const { scenarios, thresholds } = await scriptOptions('peak', { HEADROOM_TARGETS: targets });
  expect(Object.keys(scenarios)).toEqual(['a', 'a_messages']);
  expect(thresholds.some(({ metric }) => metric.includes('messages'))).toBe(false);
});

test('a breakpoint ends when a system fails, and says by which threshold', async () => {
  const onSample = (): void => {
    if ((apis[1]?.requests() ?? 0) > 5) apis[1]?.answerWith((response) => response.writeHead(503).end());
  };
  const run = await runLoad(options('breakpoint', { rampSeconds: 10, onSample }));
  const crossed = 'checks{system:system-02,load:requests,phase:climb}';
  expect(run).toMatchObject({
    complete: false,
    reason: `threshold ${crossed}: rate>0.99 failed, and it aborts the run`,
    abortedBy: { metric: crossed, expression: 'rate>0.99' },
  });
  const { windows } = run;
  // It was looked at every two seconds, after the second.
  const seconds = (Date.parse(windows.hold.end) - Date.parse(windows.hold.start)) / 1_000;
  expect(seconds).toBeGreaterThan(2);
  expect(seconds).toBeLessThan(9);
  expect([windows.hold.start, windows.ramp.end]).toEqual([windows.run.start, windows.run.start]);
  const failed = run.systems[1]!.series.reduce((sum, second) => sum + (second.failed ?? 0), 0);
  expect(failed).toBe(run.systems[1]!.hold.failed);
  expect(failed).toBeGreaterThan(0);
  expect(run.systems[0]!.series.every((second) => second.failed === undefined)).toBe(true);
  expect(await stored()).toEqual(run);
});

test('a record that no file could hold is refused before the run', async () => {
  const systems = Array.from({ length: 50 }, (_, index) =>
    systemAt(`system-${index}`, 'http://127.0.0.1:1', 1),
  );
  const tooLong = options('peak', { systems, holdSeconds: 7 * 86_400 });
  await expect(runLoad(tooLong)).rejects.toThrow(RunTooLongError);
  await expect(runLoad(tooLong)).rejects.toThrow('50 systems over 604801 s are 30240050 seconds to keep');
});

test('smoke passes against a service that answers as it should', async () => {
  const run = await runLoad(options('smoke'));
  expect(run.paced).toBe(false);
  expect(run.checks.filter(({ fails }) => fails > 0)).toEqual([]);
  expect(failedThresholds(run)).toEqual([]);
  expect(run).toMatchObject({ complete: true, reason: null, engine: { name: 'embedded' }, runId: 'run-1' });
  expect(run.systems.map(({ hold }) => [hold.failed, hold.requests])).toEqual([
    [0, 17],
    [0, 17],
  ]);
  // A smoke that was cut short, by an exception or by its time, has not passed: k6 itself would not tell.
  for (const system of ['system-01', 'system-02']) {
    const everyCall = { metric: `http_reqs{system:${system}}`, expression: 'count==17', ok: true, value: 17 };
    expect(run.thresholds).toContainEqual(everyCall);
  }
  expect(await stored()).toEqual(run);
  expect(summaryLines(run).at(-3)).toMatch(/^ {2}system-02: 0 of 17 failed, 0 dropped, p50 /);
  expect(summaryLines(run).at(-2)).toMatch(/^ {2}generator: CPU \d+\.\d %, 0 late, 0 dropped$/);
});

test('a record says the release that all systems are of, and none where they are of several', async () => {
  const of = (...releases: (string | undefined)[]) =>
    options('smoke', {
      runDirectory: join(directory, releases.join('-')),
      systems: releases.map((release, index) => ({
        ...systemAt(`system-0${index + 1}`, apis[index]!.url, 20),
        ...(release !== undefined && { release }),
      })),
    });
  expect((await runLoad(of('a', 'a'))).release).toBe('a');
  expect(await runLoad(of('a', 'b'))).not.toHaveProperty('release');
  expect(await runLoad(of('a', undefined))).not.toHaveProperty('release');
});

test('smoke sees a service that leaks SQL, answers wrongly or lets anyone in', async () => {
  apis[1]?.answerWith((response) => response.end('{"detail":"syntax error at or near SELECT"}'));
  const run = await runLoad(options('smoke'));
  expect(failedThresholds(run)).toEqual(['checks{system:system-02}']);
  const failing = run.checks.filter(({ fails }) => fails > 0).map(({ name }) => name);
  expect(failing).toEqual(
    expect.arrayContaining(['status is 403', 'status is 400', 'body is a problem', 'body shows no SQL']),
  );
  expect(run.systems[0]?.hold.failed).toBe(0);
});

test('to smoke an injection is refused by the web ACL too, and not by a signature that does not fit', async () => {
  for (const api of apis) api.forbid(/ OR |DROP|UNION|%00/, 'blocked');
  expect(failedThresholds(await runLoad(options('smoke')))).toEqual([]);
  for (const api of apis) api.forbid(/UNION/, 'forbidden');
  const run = await runLoad(options('smoke', { runDirectory: join(directory, 'run-2') }));
  expect(run.checks.filter(({ fails }) => fails > 0)).toEqual([
    { name: 'is refused for what it asks', passes: 6, fails: 2 },
  ]);
});

test('peak ramps, holds the expected peak and compares every body', async () => {
  const samples: RequestSample[] = [];
  const run = await runLoad(options('peak', { onSample: (sample) => samples.push(sample) }));
  expect(failedThresholds(run)).toEqual([]);
  expect(run.generator).toMatchObject({ droppedIterations: 0, cpuPercent: expect.any(Number) });
  const { ramp, hold, run: whole } = run.windows;
  expect(Date.parse(hold.start) - Date.parse(ramp.start)).toBe(1_000);
  expect(Date.parse(hold.end) - Date.parse(hold.start)).toBe(2_000);
  expect(ramp.start).toBe(whole.start);
  for (const { hold: held, series } of run.systems) {
    expect(held).toMatchObject({ requests: 40, failed: 0, intendedPerSecond: 20, achievedPerSecond: 20 });
    // The tenth is due at the very end of the ramp.
    expect(series.slice(0, 3).map(({ intended }) => intended)).toEqual([9, 20, 20]);
  }
  expect(samples).toHaveLength(100);
  expect(
    samples.every(
      ({ status, latencyMs, failedChecks }) => status === 200 && latencyMs >= 0 && failedChecks.length === 0,
    ),
  ).toBe(true);
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set([lookUp(1).name]));
});

test('three instances of a peak make together the run that one makes', async () => {
  const { segments, sequence } = evenSegments(3);
  const asked: RequestSample[] = [];
  const parts = await Promise.all(
    segments.map(async (segment, index) => {
      const runDirectory = join(directory, `instance-${index + 1}`);
      const share = Share.of(parseSegment(segment), parseSequence(sequence));
      await runLoad(options('peak', { runDirectory, share, onSample: (sample) => asked.push(sample) }));
      expect(await readdir(runDirectory)).toEqual(['part.json']);
      return requireRecord(partKind, join(runDirectory, 'part.json'));
    }),
  );
  const run = mergeParts('together', parts);
  expect(run).toMatchObject({ complete: true, instances: { count: 3, missing: [] } });
  // How long an answer takes is up to the machine, which runs other tests; what it is, is not.
  expect(failedThresholds(run).filter((metric) => !metric.startsWith('http_req_duration'))).toEqual([]);
  const answered = run.systems.map(({ hold, series }) => {
    // So are where a request begins, and whether the last ones begin before the end; how many are due is not.
    const answers = series.flatMap(({ statuses }) => Object.entries(statuses));
    expect(answers.every(([status]) => status === '200')).toBe(true);
    const count = answers.reduce((sum, [, each]) => sum + each, 0);
    expect(series.reduce((sum, { dropped }) => sum + dropped, count)).toBe(50);
    expect(hold).toMatchObject({ failed: 0, intendedPerSecond: expect.closeTo(20, 6) });
    expect(series.slice(0, 3).map(({ intended }) => intended)).toEqual([9, 20, 20]);
    return count;
  });
  expect(asked).toHaveLength(100 - run.generator.droppedIterations);
  expect(apis.map((api) => api.requests())).toEqual(answered);
  const gone = mergeParts('together', parts.slice(1));
  expect(gone).toMatchObject({ complete: false, reason: 'of 3 instances 0:1/3 left no part' });
});

test('what fails in the ramp is told apart, and fails no threshold', async () => {
  const [api] = apis;
  api?.answerWith((response) => response.writeHead(503).end());
  const onSample = (): void => {
    // The tenth is due at the ramp's end: what fails ends within it.
    if ((api?.requests() ?? 0) >= 6) api?.answerWith(undefined);
  };
  const run = await runLoad(options('peak', { onSample, systems: options('peak').systems.slice(0, 1) }));
  expect(failedThresholds(run)).toEqual([]);
  expect(run.systems[0]?.hold.failed).toBe(0);
  expect(summaryLines(run).at(-3)).toMatch(
    /^ {2}before the hold, and not part of it: [67] requests failed, the slowest took \d+ ms$/,
  );
});

test('a peak without a ramp is at its rate from the first second', async () => {
  const run = await runLoad(options('peak', { rampSeconds: 0 }));
  expect(run.windows.ramp.end).toBe(run.windows.run.start);
  for (const { hold, series } of run.systems) expect([hold.failed, series[0]?.intended]).toEqual([0, 19]);
  // The last are due at the end of the hold, or so near that a busy machine is too late: asked all the same, or dropped.
  for (const { series } of run.systems) {
    const asked = series.flatMap(({ statuses }) => Object.values(statuses));
    expect(series.reduce((sum, { dropped }) => sum + dropped, 0) + asked.reduce((a, b) => a + b)).toBe(40);
  }
});

test('a wrong body in a 200 is a failed check, a failed request and a failed threshold', async () => {
  const stranger = clientOf(7);
  for (const id of apis[0]?.clients.keys() ?? []) if (id % 2 === 0) apis[0]?.clients.set(id, stranger);
  const run = await runLoad(
    options('peak', { rateScale: 0.5, systems: options('peak').systems.slice(0, 1) }),
  );
  expect(failedThresholds(run)).toEqual(['checks{system:system-01,load:requests,phase:hold}']);
  expect(run.systems[0]?.hold).toMatchObject({ requests: 20, failed: expect.closeTo(10, -1) });
  expect(run.systems[0]?.hold.failed).toBeGreaterThan(0);
  expect(Object.keys(run.systems[0]?.series[2]?.statuses ?? {})).toEqual(['200']);
});

test('a service that answers nothing fails its thresholds and its requests', async () => {
  await apis[0]?.close();
  const run = await runLoad(options('peak', { holdSeconds: 1 }));
  expect(failedThresholds(run)).toEqual([
    'checks{system:system-01,load:requests,phase:hold}',
    'http_req_failed{system:system-01,load:requests,phase:hold}',
  ]);
  expect(run.systems[0]?.hold).toMatchObject({ failed: 20, requests: 20, latencyMs: null });
});

test('a stop ends the run early; the record says why, and where its hold ended', async () => {
  const stop = new AbortController();
  let firstMs: number | undefined;
  // A second after the first request the ramp of one second is over.
  const onSample = ({ startMs }: RequestSample): void => {
    firstMs ??= startMs;
    if (startMs - firstMs > 1_000) stop.abort(new Error('the drill is over'));
  };
  const run = await runLoad(options('peak', { holdSeconds: 600, signal: stop.signal, onSample }));
  expect(run).toMatchObject({ complete: false, reason: 'the drill is over' });
  const holdMs = Date.parse(run.windows.hold.end) - Date.parse(run.windows.hold.start);
  expect(holdMs).toBeGreaterThan(0);
  expect(holdMs).toBeLessThan(10_000);
  expect(await stored()).toEqual(run);
});

test('an unknown profile names those there are, and leaves nothing behind', async () => {
  const run = runLoad(options('peek'));
  await expect(run).rejects.toThrow(UnknownProfileError);
  await expect(run).rejects.toThrow(
    'no load profile "peek"; expected one of smoke, peak, spike, soak, publish, breakpoint',
  );
  expect(await readdir(directory)).toEqual([]);
});

test('a directory that cannot be written is refused before the load', async () => {
  await writeFile(join(directory, 'file'), '');
  const run = runLoad(options('smoke', { runDirectory: join(directory, 'file', 'run') }));
  await expect(run).rejects.toThrow(FileWriteError);
  await expect(run).rejects.toThrow('a part of the path is a file; choose another directory');
  expect(apis[0]?.requests()).toBe(0);
});

test('a record that cannot be written leaves nothing half-written', async () => {
  await mkdir(join(directory, 'run-1', 'run.json'), { recursive: true });
  await expect(runLoad(options('smoke'))).rejects.toThrow(FileWriteError);
  expect(await readdir(join(directory, 'run-1'))).toEqual(['run.json']);
});

test('what a script needs and misses is named while it loads', async () => {
  await expect(runLoad(options('peak', { systems: [] }))).rejects.toThrow(
    /HEADROOM_TARGETS: expected a JSON array/,
  );
  await expect(runLoad(options('peak', { holdSeconds: 0 }))).rejects.toThrow('HEADROOM_HOLD_SECONDS="0"');
  const credentials = { accessKeyId: '', secretAccessKey: 'x' };
  await expect(runLoad(options('peak', { credentials }))).rejects.toThrow('AWS_ACCESS_KEY_ID is not set');
});

test('fifty systems are one load, of which neither one that is gone hides another, nor one that cannot be prepared', async () => {
  const [here, goneLater] = apis;
  const systems = Array.from({ length: 50 }, (_, index) => {
    const { topicArn, ...document } = systemAt(`system-${index}`, (index === 17 ? goneLater : here)!.url, 2);
    const expectedPeak = { requestsPerSecond: 2, messagesPerSecond: 0 };
    // What it is to be asked for, it has not, and cannot be given.
    return index === 33
      ? { ...document, api: { ...document.api, url: 'http://127.0.0.1:1/prod' }, expectedPeak }
      : { ...document, topicArn, expectedPeak };
  });
  const sns = new SNSClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: testCredentials,
  });
  const lines: string[] = [];
  const run = await runLoad(
    options('peak', {
      systems,
      sns,
      onProgress: (line) => lines.push(line),
      startsAt: async () => {
        await goneLater!.close();
        return systemClock.now() + 100;
      },
    }),
  );
  const reason = expect.stringContaining('seeding system-33: its document has no topicArn');
  expect(run).toMatchObject({ complete: true, reason: null, notLoaded: [{ system: 'system-33', reason }] });
  expect(lines).toContainEqual(
    expect.stringMatching(/^seeding system-33: .*: the load continues without system-33$/),
  );
  expect(summaryLines(run)).toContainEqual(expect.stringContaining('✗ system-33 was not loaded: seeding'));
  const answered = run.systems.filter(({ series }) => series.some(({ statuses }) => statuses['200']));
  expect(answered.map(({ system }) => system)).toEqual(
    systems.map(({ system }) => system).filter((system) => !['system-17', 'system-33'].includes(system)),
  );
  const gone = run.systems.find(({ system }) => system === 'system-17');
  expect(gone?.hold).toMatchObject({ latencyMs: null });
  expect(gone?.hold.failed).toBe(gone?.hold.requests);
  const unanswered = run.thresholds.filter(({ ok, metric }) => !ok && metric.startsWith('http_req_failed{'));
  expect(unanswered.map(({ metric }) => metric)).toContain(
    'http_req_failed{system:system-17,load:requests,phase:hold}',
  );
});
