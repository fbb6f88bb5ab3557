import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFileSchema, type RunFile } from '../records/run.ts';
import { verdictKind, type VerdictFile } from '../records/verdict.ts';
import { lookUpPath } from '../service/testing/asking.ts';
import { projectDirectory } from './directories.ts';
import { exitCodeOfVerdict } from './exitCodeOf.ts';
import { Headroom, testState } from './testing/headroom.ts';

const stateDirectory = join(testState, 'instances');
const forget = () => rm(stateDirectory, { recursive: true, force: true });

const config = join(stateDirectory, 'fleet.config.ts');

/** As few systems as can be told apart, at a peak of which this machine carries several at once. */
const fleetFile = `
import fleet from '${projectDirectory}/fleet.config.ts';
const expectedPeak = { requestsPerSecond: 10, messagesPerSecond: 2 };
export default { ...fleet, systems: ['system-01', 'system-02'].map((name) => ({ name, expectedPeak })) };
`;

const headroom = (...words: string[]) => new Headroom({ stateDirectory }, ...words, '--config', config);

let stage: Headroom;
beforeAll(async () => {
  await forget();
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(config, fleetFile);
  stage = headroom('up');
  await stage.says('is ready at');
}, 180_000);
afterAll(async () => {
  stage.child.kill('SIGTERM');
  await stage.exited;
  await forget();
});

/** The shortest load of which the gate has something to say. */
const shape = ['--ramp', '5', '--hold', '20', '--engine', 'embedded'];

async function loaded(load: Headroom): Promise<{ path: string; run: RunFile }> {
  await load.exited;
  const [, path] = /^ *record: (\S+)$/m.exec(load.stderr) ?? [];
  if (path === undefined) throw new Error(load.stderr);
  return { path, run: runFileSchema.parse(JSON.parse(await readFile(path, 'utf8'))) };
}

async function gated(path: string): Promise<{ code: number | null; verdict: VerdictFile }> {
  const gate = headroom('gate', path, '--json');
  const code = await gate.exited;
  return { code, verdict: verdictKind.schema.parse(JSON.parse(gate.stdout)) };
}

/** What does not depend on what else this machine does. */
const ownSignals = ['databaseConnections', 'databaseMemory', 'databaseDisk', 'functionMemory'];

const answersOf = ({ records }: VerdictFile) =>
  records
    .filter(({ signal }) => ownSignals.includes(signal))
    .map(({ system, signal, verdict }) => `${system} ${signal}: ${verdict}`)
    .toSorted();

// At one time: each of them waits for a load and for its metrics.
describe.concurrent('a load', () => {
  it('of three instances is judged as that of one, and as nothing known when one of them is killed', async () => {
    // At one time, so that the metrics of both verdicts are the same.
    const killed = headroom('load', 'peak', ...shape, '--instances', '3');
    const [one, three] = [[], ['--instances', '3']].map((more) =>
      loaded(headroom('load', 'peak', ...shape, ...more)),
    );
    await killed.says('5 s: ');
    process.kill(await instanceOf(killed, 2), 'SIGKILL');
    const cut = await loaded(killed);
    expect(killed.stderr).toContain('instance 2 of 3 (1/3:2/3) ended: SIGKILL: the others are stopped');
    expect(cut.run).toMatchObject({ complete: false, instances: { count: 3, missing: ['1/3:2/3'] } });
    const unknown = await gated(cut.path);
    // What this machine is too busy for may have failed beside it.
    expect(unknown.code).toBe(unknown.verdict.verdict === 'fail' ? 10 : 11);
    expect(unknown.verdict.records.find(({ signal }) => signal === 'run')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('of 3 instances 1/3:2/3 left no part'),
    });

    const runs = await Promise.all([one, three].map((run) => run!));
    expect(runs[1]!.run).toMatchObject({ complete: true, instances: { count: 3, missing: [] } });
    const iterations = runs.map(({ run }) =>
      run.systems.flatMap(({ series }) => series).reduce((sum, { intended }) => sum + intended, 0),
    );
    expect(iterations[1]).toBe(iterations[0]);
    const verdicts = await Promise.all(runs.map(({ path }) => gated(path)));
    const [alone, together] = verdicts.map(({ verdict }) => answersOf(verdict));
    expect(alone).toHaveLength(2 * ownSignals.length);
    expect(together).toEqual(alone);
    const whole = verdicts.map(
      ({ verdict }) => verdict.records.find(({ signal }) => signal === 'run')?.verdict,
    );
    expect(whole).toEqual(['pass', 'pass']);
  }, 240_000);

  it('of a plain script of a user runs beside the messages of its system, and is judged', async () => {
    const script = join(stateDirectory, 'visits.ts');
    await writeFile(script, plainScript);
    const { path, run } = await loaded(headroom('load', script, '--system', 'system-01', ...shape));
    expect(run).toMatchObject({
      profile: 'visits.ts',
      complete: true,
      script: {
        scenarios: [{ name: 'visits', executor: 'constant-arrival-rate', scheduled: true }],
        unattributed: { requests: 0, iterations: 0 },
      },
      checks: [{ name: 'status is 200', passes: expect.any(Number) }],
      systems: [{ system: 'system-01' }],
    });
    const { code, verdict } = await gated(path);
    expect(code).toBe(exitCodeOfVerdict(verdict));
    const of = (system: string | null, signal: string) =>
      verdict.records.find((record) => record.system === system && record.signal === signal);
    expect(of('system-01', 'load')).toMatchObject({ worst: expect.any(Number), limit: 10 });
    expect(of('system-01', 'load')?.worst).toBeGreaterThan(6);
    expect(of('system-01', 'messageLoad')?.worst).toBeGreaterThan(1);
    expect(of('system-01', 'databaseConnections')).toMatchObject({ worst: expect.any(Number), limit: 80 });
    expect(of(null, 'threshold:answer_bytes')).toMatchObject({ verdict: 'pass', worst: expect.any(Number) });
    // The verdict is about the whole stage.
    expect(of('system-02', 'load')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'The run did not load this system.',
    });
  }, 240_000);
});

/** What anybody would write, but for the signature. */
const plainScript = `
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import { signed } from '${join(projectDirectory, 'loadtests/k6/lib/signed.ts')}';

const size = new Trend('answer_bytes');

export const options = {
  scenarios: {
    visits: {
      executor: 'constant-arrival-rate',
      rate: 11,
      duration: '27s',
      preAllocatedVUs: 4,
      maxVUs: 40,
    },
  },
  thresholds: { answer_bytes: ['max<1000'] },
};

export default function () {
  const { url, headers } = signed('GET', __ENV.HEADROOM_URL + '${lookUpPath(1)}');
  const answer = http.get(url, { headers });
  check(answer, { 'status is 200': ({ status }) => status === 200 });
  size.add(answer.body.length);
  sleep(0.05);
}
`;

/** The process id of the `n`th instance that a load has started. */
async function instanceOf({ child }: Headroom, n: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const instances = stdout.split('\n').flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === child.pid && args.some((arg) => arg.endsWith('/instance.ts'))
      ? [Number(pid)]
      : [];
  });
  return instances.toSorted((a, b) => a - b)[n - 1] ?? Number.NaN;
}
