import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { exportKind } from '../../records/export.ts';
import type { PartFile } from '../../records/part.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { mergeParts } from '../collect/mergeParts.ts';
import { partOfPoints } from '../collect/partOfPoints.ts';
import { CollectError, ScriptError } from '../errors.ts';
import { runScript } from '../runner/engine.ts';
import { evenSegments, parseSegment, parseSequence } from '../runner/executionSegment.ts';
import { systemTags } from '../runner/k6Launcher.ts';
import type { Point } from '../runner/points.ts';
import { loadScript, type LoadedScript } from '../runner/script.ts';
import { Share, wholeShare } from '../runner/share.ts';
import { seedAll, startFakeApi, testCredentials, type FakeApi } from '../runner/testing/fakeApi.ts';
import type { ExportPlan } from './exportPlan.ts';
import { examplePlan } from './testing/exportPlan.ts';
import { k6LineOf } from './testing/k6Lines.ts';
import testRunSchema from './testing/testruns.k6.io.schema.json' with { type: 'json' };
import { exportEngines, writeExport, type ExportEngine } from './writeExport.ts';

let directory: string;
let api: FakeApi;
let plan: ExportPlan;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-export-'));
  api = await startFakeApi();
  seedAll(api);
  plan = await examplePlan(api.url);
});
afterEach(async () => {
  await api.close();
  await rm(directory, { recursive: true });
});

const { segments, sequence } = evenSegments(3);
const shares = segments.map((segment) => Share.of(parseSegment(segment), parseSequence(sequence)));

/** What the embedded engine measures with a share of an exported script, once its setup is over. */
async function run(
  script: LoadedScript,
  share: Share,
  startsAt: () => Promise<number> | number = () => Date.now() + 100,
): Promise<{ points: Point[]; startMs: number }> {
  const points: Point[] = [];
  const emit = (point: Point): void => void points.push(point);
  const stop = new AbortController().signal;
  const now = (): number => performance.timeOrigin + performance.now();
  // Its users have threads, which take longer to start than the ramp takes.
  await script.prepare(share);
  const setupData = await script.setup();
  const startMs = await startsAt();
  const log = (): void => undefined;
  await runScript({ script, share, now, startMs, emit, stop, log, setupData });
  return { points, startMs };
}

const textOf = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

async function exportedScript(more: Record<string, string>): Promise<LoadedScript> {
  await writeExport(plan, 'segments', directory);
  const { environment } = await requireRecord(exportKind, join(directory, exportKind.fileName));
  return loadScript(join(directory, 'load.js'), { ...environment, ...more }, () => undefined);
}

const secrets = {
  AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
  AWS_SESSION_TOKEN: testCredentials.sessionToken,
};

describe('the exported script', () => {
  test('needs nothing but k6, and is the profile’s', async () => {
    const script = await exportedScript(secrets);
    const imports = [...(await textOf('load.js')).matchAll(/^(?:import|export) .* from "([^"]+)"/gm)];
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter(([, from = '']) => !/^k6(\/|$)/.test(from))).toEqual([]);
    const { points } = await run(script, wholeShare);
    const answers = points.filter(({ metric }) => metric === 'http_req_failed');
    expect(answers).toHaveLength(api.requests());
    expect(answers.filter(({ value }) => value !== 0)).toEqual([]);
    expect([...new Set(answers.map(({ tags }) => tags['phase']))]).toEqual(['ramp', 'hold']);
  });

  describe('signs as the role of its container', () => {
    let role: Server;
    let asked: string[];
    const endpoint = (): string => `http://127.0.0.1:${(role.address() as AddressInfo).port}`;
    const serve = async (answer: (expiration: string) => string, lastsMs: number): Promise<void> => {
      asked = [];
      role = createServer((request, response) => {
        let body = '';
        request.on('data', (piece) => (body += String(piece)));
        request.on('end', () => {
          asked.push(`${request.url} ${request.headers.authorization ?? ''} ${body}`);
          response.end(answer(new Date(Date.now() + lastsMs).toISOString()));
        });
      });
      await new Promise<void>((resolve) => role.listen(0, '127.0.0.1', resolve));
    };
    afterEach(() => role.close());
    const { accessKeyId, secretAccessKey, sessionToken } = testCredentials;
    const asJson = (expiration: string): string =>
      JSON.stringify({
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: expiration,
      });

    test('of an ECS task, or of a pod with EKS Pod Identity', async () => {
      await serve(asJson, 3_600_000);
      const script = await exportedScript({
        HEADROOM_CREDENTIALS: 'role',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint()}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token-of-the-pod',
      });
      const { points } = await run(script, wholeShare);
      expect(asked).toEqual(['/v1/credentials token-of-the-pod ']);
      const answers = points.filter(({ metric }) => metric === 'http_reqs');
      expect([...new Set(answers.map(({ tags }) => tags['status']))]).toEqual(['200']);
    });

    test('of a service account with a role', async () => {
      const element = (name: string, text: string): string => `<${name}>${text}</${name}>`;
      const answer = (expiration: string): string =>
        element('AccessKeyId', accessKeyId) +
        element('SecretAccessKey', secretAccessKey) +
        element('SessionToken', sessionToken) +
        element('Expiration', expiration);
      await serve(answer, 3_600_000);
      const tokenFile = join(directory, 'token');
      await writeFile(tokenFile, 'token-of-the-account\n');
      const script = await exportedScript({
        HEADROOM_CREDENTIALS: 'role',
        AWS_ROLE_ARN: 'arn:aws:iam::000000000000:role/load',
        AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
        AWS_ENDPOINT_URL_STS: endpoint(),
      });
      const { points } = await run(script, wholeShare);
      const [form = ''] = asked;
      expect(Object.fromEntries(new URLSearchParams(form.trim().split(' ').at(-1)))).toEqual({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::000000000000:role/load',
        RoleSessionName: 'headroom-load',
        WebIdentityToken: 'token-of-the-account',
      });
      const answers = points.filter(({ metric }) => metric === 'http_reqs');
      expect([...new Set(answers.map(({ tags }) => tags['status']))]).toEqual(['200']);
    });

    test('and says so before the load where there is none, or where it ends too soon', async () => {
      await serve(asJson, 1_000);
      const nothing = await exportedScript({ HEADROOM_CREDENTIALS: 'role' });
      await expect(nothing.setup()).rejects.toThrow('this container has no role');
      const short = await exportedScript({
        HEADROOM_CREDENTIALS: 'role',
        AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint(),
      });
      await expect(short.setup()).rejects.toThrow(ScriptError);
      await expect(short.setup()).rejects.toThrow('before the 3 s of this run are over');
      expect(api.requests()).toBe(0);
    });
  });

  test('does not begin where its instant has gone by', async () => {
    const script = await exportedScript({ ...secrets, HEADROOM_START_AT: '2026-01-31T12:00:00Z' });
    await expect(script.setup()).rejects.toThrow('expected an instant to come');
  });
});

describe('what three instances leave', () => {
  let script: LoadedScript;
  const results = (name: string): string => join(directory, 'results', name);

  /** The points of the instances, as k6 would have written them: two compressed, one plain. */
  async function leave(runId = plan.file.runId): Promise<string[]> {
    script = await exportedScript(secrets);
    const started = Promise.withResolvers<number>();
    let ready = 0;
    const startsAt = (): Promise<number> => {
      ready += 1;
      if (ready === shares.length) started.resolve(Date.now() + 100);
      return started.promise;
    };
    const scripts: LoadedScript[] = [];
    for (const _ of shares) scripts.push(await exportedScript(secrets));
    const measured = await Promise.all(shares.map((share, index) => run(scripts[index]!, share, startsAt)));
    const startMs = await started.promise;
    return Promise.all(
      measured.map(async ({ points }, index) => {
        const tags = { headroom_run: runId, instance_id: String(index + 1) };
        const ticks = [0, 1, 2, 3].map((second): Point => ({
          metric: 'vus',
          timeMs: startMs + second * 1_000,
          value: 3,
          tags: {},
          metadata: {},
        }));
        const text = [...points, ...ticks]
          .toSorted((a, b) => a.timeMs - b.timeMs)
          .map((point) => k6LineOf(point, tags))
          .join('');
        const path = results(index === 1 ? `${index + 1}.json` : `${index + 1}.json.gz`);
        await writeFile(path, index === 1 ? text : gzipSync(text));
        return path;
      }),
    );
  }

  const partsOf = (paths: readonly string[]): Promise<PartFile[]> =>
    Promise.all(paths.map((path) => partOfPoints(plan.file, script, path)));

  test('is the run that they made together; with one missing or cut off it is not whole, and names it', async () => {
    const paths = await leave();
    const whole = mergeParts(plan.file.runId, await partsOf(paths));
    expect(whole).toMatchObject({
      runId: plan.file.runId,
      engine: { name: 'k6' },
      complete: true,
      reason: null,
      instances: { count: 3, missing: [] },
    });
    const requests = whole.systems.flatMap(({ series }) =>
      series.flatMap(({ statuses }) => Object.values(statuses)),
    );
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(api.requests());
    expect(api.requests()).toBeGreaterThan(0);
    expect(whole.systems[0]?.hold.latencyMs?.p99).toBeGreaterThan(0);
    expect(whole.checks.map(({ name, passes }) => [name, passes])).toEqual([
      ['status is 200', api.requests()],
      ['body is the one asked for', api.requests()],
    ]);
    const judged = whole.thresholds.find(({ metric }) => metric.startsWith('checks{'));
    expect(judged).toMatchObject({ ok: true, value: 1 });

    const missing = mergeParts('run', await partsOf(paths.slice(1)));
    expect(missing).toMatchObject({ complete: false, reason: 'of 3 instances 0:1/3 left no part' });

    // Its pod was killed after its first iteration.
    const [killed = ''] = paths.slice(1);
    const lines = (await readFile(killed, 'utf8')).split('\n');
    const first = lines.findIndex((line) => line.includes('"iteration_duration"'));
    await writeFile(killed, lines.slice(0, first + 1).join('\n'));
    const cut = mergeParts('run', await partsOf(paths));
    expect(cut.complete).toBe(false);
    expect(cut.reason).toMatch(/^instance 1\/3:2\/3: its points end after \d of 3 s$/);
  });

  test('of another run, of no instance, or of nothing, is refused by its name', async () => {
    const [path = ''] = await leave('another-run');
    await expect(partsOf([path])).rejects.toThrow(CollectError);
    await expect(partsOf([path])).rejects.toThrow(
      `${path} is of run another-run, and not of ${plan.file.runId}`,
    );
    const point = { metric: 'vus', timeMs: 1, value: 1, tags: {}, metadata: {} };
    await writeFile(path, '');
    await expect(partsOf([path])).rejects.toThrow('it contains no points of k6');
    const plain = results('2.json');
    await writeFile(plain, k6LineOf(point, { headroom_run: plan.file.runId, instance_id: '4' }));
    await expect(partsOf([plain])).rejects.toThrow('is of instance 4, and the run has 1 to 3');
  });
});

test.each(Object.keys(exportEngines) as ExportEngine[])(
  'for %s nothing secret is written',
  async (engine) => {
    await writeExport(plan, engine, directory);
    for (const name of await readdir(directory)) {
      if ((await stat(join(directory, name))).isDirectory()) continue;
      const content = await textOf(name);
      for (const secret of Object.values(secrets)) expect(content).not.toContain(secret);
    }
    expect(await textOf('README.md')).toContain(plan.file.runId);
    expect(JSON.parse(await textOf('policy.json'))).toMatchObject({ Version: '2012-10-17' });
  },
);

/** Of a schema of Kubernetes, which drops what it does not know: here that is an error. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => [key, closed(value)]);
  return {
    ...Object.fromEntries(entries),
    ...('properties' in schema ? { additionalProperties: false } : {}),
  };
}

test('for the k6-operator there is a TestRun that its schema takes, with the script and the volume', async () => {
  await writeExport(plan, 'k6-operator', directory);
  const [config, claim, testRun] = parseAllDocuments(await textOf('testrun.yaml')).map(
    (document) => document.toJS() as Record<string, Record<string, unknown>>,
  );
  const metadata = { type: 'object', properties: { name: { type: 'string' } } };
  const schema = closed({ ...testRunSchema, properties: { ...testRunSchema.properties, metadata } });
  const takes = new Ajv({ strict: false, formats: { int32: true, int64: true, 'date-time': true } }).compile(
    schema as object,
  );
  expect(takes(testRun), JSON.stringify(takes.errors)).toBe(true);
  expect(takes({ ...testRun, spec: { ...testRun?.['spec'], paralelism: 3 } })).toBe(false);
  expect(testRun).toMatchObject({ kind: 'TestRun', apiVersion: 'k6.io/v1alpha1', spec: { parallelism: 3 } });
  expect(config?.['data']?.['load.js']).toBe(plan.script);
  expect(claim?.['metadata']?.['name']).toBe(`headroom-${plan.file.runId}-results`);
  const { args, runner } = (testRun?.['spec'] ?? {}) as {
    args: string[];
    runner: { env: { name: string; value?: string }[] };
  };
  expect(args).toContain(`headroom_run=${plan.file.runId}`);
  expectIterationsTold(args);
  const env = Object.fromEntries(runner.env.map(({ name, value }) => [name, value]));
  expect(env).toMatchObject({ ...plan.file.environment, HEADROOM_CREDENTIALS: 'role' });
});

/** Without them nobody knows which points are of one request. */
function expectIterationsTold(args: readonly string[]): void {
  expect(args[args.indexOf('--system-tags') + 1]?.split(',')).toEqual(
    expect.arrayContaining(['vu', 'iter', 'name']),
  );
}

/** Puts executables that write down how they were called. */
async function fakes(folder: string, programs: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

const say = `for argument in "$@"; do echo "$argument"; done; env | grep '^HEADROOM_\\|^AWS_'`;

test('for plain shells each instance has its segment, the environment and the instant', async () => {
  await writeExport(plan, 'segments', directory);
  const bin = join(directory, 'bin');
  await fakes(bin, {
    k6: say,
    aws: 'echo export AWS_ACCESS_KEY_ID=of-the-host',
  });
  const env = { PATH: [bin, process.env['PATH']].join(delimiter) };
  const call = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(join(directory, 'run.sh'), args, { env });
    return stdout.split('\n');
  };
  const said = await call('2', '2026-01-31T12:00:00Z');
  const after = (flag: string): string | undefined => said[said.indexOf(flag) + 1];
  expect(after('--execution-segment')).toBe('1/3:2/3');
  expect(after('--execution-segment-sequence')).toBe('0,1/3,2/3,1');
  expect(after('--out')).toBe('json=results/2.json.gz');
  expectIterationsTold(said);
  expect(said).toEqual(expect.arrayContaining(['instance_id=2', `headroom_run=${plan.file.runId}`]));
  expect(said).toContain('HEADROOM_START_AT=2026-01-31T12:00:00Z');
  expect(said).toContain('AWS_ACCESS_KEY_ID=of-the-host');
  for (const [name, value] of Object.entries(plan.file.environment))
    expect(said).toContain(`${name}=${value}`);
  await expect(call('4', 'now')).rejects.toThrow('there are instances 1 to 3, no 4');
});

describe('for Distributed Load Testing', () => {
  test('the archive’s k6 claims a free part, and runs the task’s own without users and duration', async () => {
    await writeExport(plan, 'dlt', directory);
    const files = unzipSync(await readFile(join(directory, 'test.zip')));
    expect(Object.keys(files)).toEqual(['load.js', 'k6']);
    const home = join(directory, 'home');
    const bin = join(directory, 'bin');
    await fakes(home, { k6: say });
    // Of three parts the first is taken.
    await fakes(bin, {
      aws: `case "$*" in
  *put-object*/1\\ *) exit 254 ;;
  *head-object*) echo 2026-01-31T12:00:00+00:00 ;;
esac`,
      k6: new TextDecoder().decode(files['k6']).replace('#!/bin/sh\n', ''),
    });
    const env = {
      PATH: [bin, process.env['PATH']].join(delimiter),
      HOME: home,
      TEST_ID: 'test',
      PREFIX: 'prefix',
      S3_BUCKET: 'bucket',
      MAIN_STACK_REGION: 'us-east-1',
    };
    // As Taurus calls it.
    const args = ['run', '--out', 'csv=kpi.csv', '--vus', '1', '--duration', '240s', './load.js'];
    const { stdout } = await promisify(execFile)('k6', args, { env });
    const said = stdout.split('\n');
    expect(said.slice(0, said.indexOf('./load.js') + 1)).toEqual([
      'run',
      '--no-thresholds',
      '--no-usage-report',
      '--system-tags',
      systemTags,
      '--tag',
      `headroom_run=${plan.file.runId}`,
      '--tag',
      'instance_id=2',
      '--execution-segment',
      '1/3:2/3',
      '--execution-segment-sequence',
      '0,1/3,2/3,1',
      '--out',
      'json=points-2.json.gz',
      '--out',
      'csv=kpi.csv',
      './load.js',
    ]);
    expect(said).toContain('HEADROOM_START_AT=2026-01-31T12:01:30Z');
    await fakes(bin, { aws: 'exit 254' });
    await expect(promisify(execFile)('k6', args, { env })).rejects.toThrow('no part of 3 is free');
  });

  test('what it uploads is named in the script, and its scenario names the archive and no secret', async () => {
    await writeExport(plan, 'dlt', directory);
    const files = unzipSync(await readFile(join(directory, 'test.zip')));
    const script = new TextDecoder().decode(files['load.js']);
    expect(script.split('\n').filter((line) => line.includes('filename'))).toEqual([
      '// filename: points.gz',
    ]);
    const scenario = JSON.parse(await textOf('scenario.json')) as {
      testId: string;
      testScenario: { scenarios: object };
    };
    expect(scenario.testId).toMatch(/^[a-zA-Z0-9]{10}$/);
    expect(scenario).toMatchObject({ testType: 'k6', fileType: 'zip', testTaskConfigs: [{ taskCount: 3 }] });
    expect(Object.values(scenario.testScenario.scenarios)).toEqual([{ script: `${scenario.testId}.zip` }]);
  });
});
