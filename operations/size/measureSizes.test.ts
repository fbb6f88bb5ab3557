import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotRestoredError } from '../../chaos/errors.ts';
import { restoreFromJournals } from '../../chaos/restore.ts';
import { ScriptedLambda, type ScriptedFunction } from '../../chaos/testing/scriptedLambda.ts';
import { ScriptedStage } from '../../chaos/testing/scriptedStage.ts';
import { SelfMovingClock } from '../../chaos/testing/selfMovingClock.ts';
import { clientOf } from '../../service/load/clients.ts';
import { sizeJournalFileName } from '../../records/journalFile.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { sizeKind } from '../../records/size.ts';
import { UsageError } from '../errors.ts';
import type { SizeOptions } from './measuredFunction.ts';
import { scriptedMeasurement } from './testing/scriptedMeasurement.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'headroom-size-'));
});
afterAll(() => rm(root, { recursive: true }));

/** The service's right answer. */
const found = (event: unknown): object => {
  const { queryStringParameters } = event as { queryStringParameters: Record<string, string> };
  const [id] = Object.values(queryStringParameters);
  return { statusCode: 200, body: JSON.stringify(clientOf(Number(id))) };
};

/** 20 ms of waiting, and 10 ms of one vCPU. */
const waitsAndComputes = (memoryMiB: number): number => 20 + 10 / Math.min(1, memoryMiB / 1_769);

const service: ScriptedFunction = {
  durationMs: waitsAndComputes,
  reservedConcurrency: 10,
  answer: found,
};

async function prepared(scripted: Partial<ScriptedFunction> = {}) {
  const clock = new SelfMovingClock();
  const stage = new ScriptedStage(clock);
  const lambda = new ScriptedLambda(stage.document.functions.api, clock, { ...service, ...scripted });
  const directory = await mkdtemp(join(root, 'run-'));
  const clients = { ...stage.clients, lambda: lambda.client, lambdaOnce: lambda.client };
  const {
    stop,
    told,
    measure: measureWith,
  } = scriptedMeasurement(clock, clients, { stateDirectory: root, directory });
  const measure = (options: Partial<SizeOptions> = {}) =>
    measureWith({ system: stage.document, durationMs: 60_000, seed: () => Promise.resolve([]), ...options });
  return { clock, lambda, directory, stop, told, clients, measure, before: lambda.left };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

describe('measureSizes', () => {
  it('measures the usual sizes side by side, and leaves the function as it was', async () => {
    const { lambda, measure, before, directory } = await prepared();
    const record = await measure();
    expect(lambda.left).toEqual(before);
    expect(await requireRecord(sizeKind, join(directory, 'size.json'))).toEqual(record);
    expect(record).toMatchObject({ system: 'system-01', presentMiB: 256, atOnce: 2, requestsPerSecond: 4 });
    expect(record.sizes.map(({ memoryMiB }) => memoryMiB)).toEqual([128, 256, 512, 1_024, 1_769]);
    for (const { memoryMiB, durationMs, calls, doubts, usdAMillion, billedMs } of record.sizes) {
      expect({ memoryMiB, doubts }).toEqual({ memoryMiB, doubts: [] });
      expect(calls).toMatchObject({ intended: 240, answered: 240, cold: 2, throttled: 0, dropped: 0 });
      expect(durationMs?.p50).toBeCloseTo(waitsAndComputes(memoryMiB), 1);
      expect(billedMs).toBe(Math.ceil(waitsAndComputes(memoryMiB)));
      const usd = 0.2 + 1_000 * (billedMs ?? 0) * (memoryMiB / 1_024) * 0.0000133334;
      expect(usdAMillion).toBeCloseTo(usd, 9);
    }
  });

  it('answers: the cheapest, the quickest, what keeps 20 %, and how much is CPU', async () => {
    const { measure } = await prepared({ usedMiB: 110 });
    const { sizes, answer } = await measure();
    expect(answer).toMatchObject({ cheapestMiB: 128, quickestMiB: 1_769, adviceMiB: 256, usdAMonth: 0 });
    expect(sizes.map(({ keepsReserve }) => keepsReserve)).toEqual([false, true, true, true, true]);
    // Of 20 + 10 × 1769 / 256 ms.
    expect(sizes[1]?.cpuPercent).toBeCloseTo(77.6, 0);
    expect(sizes[4]?.cpuPercent).toBeCloseTo(33.3, 0);
  });

  it('serves those who call meanwhile with their own memory', async () => {
    const { lambda, measure } = await prepared();
    const servedWhile: number[] = [];
    lambda.onCall = (when, command) => {
      if (when === 'before' && command.constructor.name === 'InvokeCommand')
        servedWhile.push(lambda.served.at(-1) ?? 0);
    };
    await measure({ sizesMiB: [512] });
    expect(new Set(servedWhile)).toEqual(new Set([256]));
    expect(lambda.served).toEqual([256, 512, 256]);
  });

  it('keeps within the connections that the reserved concurrency has a second time', async () => {
    const { lambda, measure } = await prepared({ reservedConcurrency: 5, durationMs: () => 400 });
    const { sizes, atOnce, answer } = await measure({ callsPerSecond: 30 });
    expect(atOnce).toBe(1);
    expect(lambda.mostAtOnce).toBeLessThanOrEqual(5);
    expect(sizes[0]?.doubts[0]).toMatch(/were not sent: it is too slow for this load/);
    expect(answer).toBeNull();
  });

  it.each<[string, Partial<ScriptedFunction>, RegExp]>([
    [
      'throttled',
      { answer: (event, _, nth) => (nth % 10 === 3 ? null : found(event)) },
      /24 of 240 calls were throttled/,
    ],
    [
      'broken',
      { answer: (event, _, nth) => (nth % 10 === 3 ? { errorMessage: 'x' } : found(event)) },
      /24 of 240 calls failed, the first: Unhandled/,
    ],
    [
      'wrong',
      { answer: () => ({ statusCode: 200, body: '{}' }) },
      /240 of 240 calls failed, the first: answered with another body/,
    ],
    ['unavailable', { answer: () => ({ statusCode: 503 }) }, /the first: answered with status 503/],
    ['cold', { cold: 40 }, /40 of 240 calls started a new environment/],
    ['without a report', { noReport: true }, /have no report, the first: the end of its log has none/],
    ['of another size', { reportedMiB: 3_008 }, /with 3008 MiB answered, and not version 2 with 128/],
  ])('concludes nothing of a size that was %s, and says why', async (_, scripted, doubt) => {
    const { measure, lambda, before } = await prepared(scripted);
    const { sizes, answer } = await measure();
    expect(sizes[0]?.doubts[0]).toMatch(doubt);
    expect(answer).toBeNull();
    expect(lambda.left).toEqual(before);
  });

  it('concludes of the others where one size is too small', async () => {
    const crash = { errorMessage: 'Runtime exited with error: signal: killed' };
    const { measure } = await prepared({ answer: (event, size) => (size === 128 ? crash : found(event)) });
    const { sizes, answer } = await measure();
    expect(sizes[0]?.doubts[0]).toMatch(/signal: killed/);
    expect(answer).toMatchObject({ cheapestMiB: 256, adviceMiB: 256 });
  });

  it('says that two sizes cannot be told apart where they differ by chance', async () => {
    const noisy = (_: number, nth: number): number => 30 + ((nth * 7_919) % 40);
    const { measure } = await prepared({ durationMs: noisy });
    const { answer, sizes } = await measure({ sizesMiB: [257, 512] });
    expect(answer?.asCheapMiB).toEqual([answer?.cheapestMiB === 256 ? 257 : 256]);
    expect(answer?.asQuickMiB).toHaveLength(2);
    expect(sizes).toHaveLength(3);
  });

  it('refuses before anything is touched what would tell too little, or has no room', async () => {
    const { measure, lambda, before } = await prepared({ reservedConcurrency: 4 });
    await expect(measure()).rejects.toThrow(/has a reserved concurrency of 4/);
    await expect(measure({ sizesMiB: [512], durationMs: 1_000 })).rejects.toThrow(
      '10 calls of each of 2 sizes are too few, 112 would be enough: run it with --hold 12.',
    );
    expect(lambda.served).toEqual([256]);
    expect(lambda.left).toEqual(before);
  });

  it('stops where somebody deploys meanwhile, and leaves the deployment alone', async () => {
    const { measure, lambda } = await prepared();
    let updates = 0;
    lambda.onCall = (when, command) => {
      if (when === 'after' && command.constructor.name === 'PublishVersionCommand' && updates++ === 0)
        lambda.deploy({ memoryMiB: 2_048, description: 'api of system-01' });
    };
    await expect(measure()).rejects.toThrow(/somebody else changed .* it has 2048 MiB and not 128/);
    expect(lambda.left).toMatchObject({
      latest: { memoryMiB: 2_048, description: 'api of system-01' },
      versions: ['1'],
      aliases: ['live'],
    });
  });

  it('undoes all when it is interrupted', async () => {
    const { measure, lambda, before, stop } = await prepared();
    lambda.onCall = (_, command) => {
      if (command.constructor.name === 'InvokeCommand') stop.abort(new Error('interrupted'));
    };
    await expect(measure()).rejects.toThrow('interrupted');
    expect(lambda.left).toEqual(before);
  });

  it('undoes all where a call of AWS fails, whichever, or says who undoes it', async () => {
    const calls = await callsOf();
    const left: string[] = [];
    const says: string[] = [];
    for (const [nth, name] of calls.entries()) {
      // One of the load's, which goes on.
      if (name === 'InvokeCommand' && calls.indexOf(name) !== nth) continue;
      const { measure, lambda, before, clients, directory } = await prepared();
      let seen = 0;
      lambda.onCall = (when) => {
        if (when === 'before' && seen++ === nth) throw new Error(`no ${name}`);
      };
      const outcome = await measure(brief).catch((error: unknown) => error);
      if (outcome instanceof NotRestoredError) {
        left.push(name);
        says.push(outcome.message);
        await restoreThere({ directory, lambda, clients });
      }
      expect({ nth, name, left: lambda.left }).toEqual({ nth, name, left: before });
    }
    for (const said of says)
      expect(said).toMatch(/is not as it was before: .*; run "headroom chaos restore --stage test"/);
    expect(new Set(left)).toEqual(
      new Set([
        'GetFunctionConfigurationCommand',
        'ListAliasesCommand',
        'DeleteAliasCommand',
        'ListVersionsByFunctionCommand',
        'DeleteFunctionCommand',
      ]),
    );
  });
});

const brief = { sizesMiB: [512], durationMs: 12_000 };

/** `chaos restore` on another machine. */
const restoreThere = ({ directory, lambda, clients }: Pick<Prepared, 'directory' | 'lambda' | 'clients'>) =>
  restoreFromJournals({
    directory,
    stage: 'test',
    clients: { ...clients, lambda: lambda.client },
    clock: lambda.clock,
    host: 'there',
  });

/** Every call of a whole measurement of two sizes, by its name. */
async function callsOf(): Promise<string[]> {
  const { lambda, measure } = await prepared();
  const calls: string[] = [];
  lambda.onCall = (when, command) => {
    if (when === 'before') calls.push(command.constructor.name);
  };
  await measure(brief);
  return calls;
}

interface KillPoint {
  at: string;
  lambda: ScriptedLambda;
  journal: string;
}

/** What a kill would leave before and after each call. */
async function killPoints(): Promise<{ points: KillPoint[]; before: object; clients: Prepared['clients'] }> {
  const { lambda, measure, before, directory, clients } = await prepared();
  const points: KillPoint[] = [];
  lambda.onCall = (when, command) => {
    const { name } = command.constructor;
    if (name === 'InvokeCommand') return;
    const read = (): string => {
      try {
        return readFileSync(join(directory, sizeJournalFileName), 'utf8');
      } catch {
        return '';
      }
    };
    points.push({ at: `${when} ${name}`, lambda: lambda.copy(new SelfMovingClock()), journal: read() });
  };
  await measure({ sizesMiB: [128, 512] });
  return { points, before, clients };
}

describe('a measurement that is killed', () => {
  it('is undone by "chaos restore", at each call that it makes, once or again', async () => {
    const { points, before, clients } = await killPoints();
    expect(points.length).toBeGreaterThan(40);
    expect(points.some(({ lambda }) => JSON.stringify(lambda.left) !== JSON.stringify(before))).toBe(true);
    for (const { at, lambda: killed, journal } of points) {
      const lambda = killed.copy(new SelfMovingClock());
      const directory = await mkdtemp(join(root, 'killed-'));
      if (journal !== '') await writeFile(join(directory, sizeJournalFileName), journal);
      const restore = () => restoreThere({ directory, lambda, clients });
      const journals = await restore();
      expect({ at, problems: journals.flatMap(({ problems }) => problems) }).toEqual({ at, problems: [] });
      expect({ at, left: lambda.left }).toEqual({ at, left: before });
      if (journal !== '') await writeFile(join(directory, sizeJournalFileName), journal);
      await restore();
      expect({ at, left: lambda.left }).toEqual({ at, left: before });
    }
  });

  it('has its intent on the disk before anything is changed', async () => {
    const { lambda, measure, directory } = await prepared();
    let journal = '';
    lambda.onCall = async (when, command) => {
      if (journal === '' && when === 'before' && command.constructor.name.startsWith('Update'))
        journal = await readFile(join(directory, sizeJournalFileName), 'utf8');
    };
    await measure({ sizesMiB: [512] });
    expect(journal).toContain('"fault":"publish-sizes"');
  });

  it('leaves a deployment alone that came after it', async () => {
    const { points, clients } = await killPoints();
    const [point] = points.filter(({ lambda }) => JSON.stringify(lambda.left).includes('headroom size'));
    const lambda = point!.lambda.copy(new SelfMovingClock());
    // The very size that was being published, by a template.
    lambda.deploy({ memoryMiB: 128, description: 'api of system-01' });
    const directory = await mkdtemp(join(root, 'killed-'));
    await writeFile(join(directory, sizeJournalFileName), point!.journal);
    await restoreThere({ directory, lambda, clients });
    expect(lambda.left).toMatchObject({ latest: { memoryMiB: 128 }, versions: ['1'], aliases: ['live'] });
  });

  it('has nothing left to undo where the function is gone', async () => {
    const { points, clients } = await killPoints();
    const lambda = points.at(-1)!.lambda.copy(new SelfMovingClock());
    lambda.remove();
    const directory = await mkdtemp(join(root, 'killed-'));
    await writeFile(join(directory, sizeJournalFileName), points.at(-1)!.journal);
    const [journal] = await restoreThere({ directory, lambda, clients });
    expect(journal).toMatchObject({ problems: [], remarks: [expect.stringContaining('is gone')] });
  });
});

it('refuses a function that an earlier measurement left as it should not be', async () => {
  const { measure, lambda } = await prepared();
  lambda.deploy({ description: 'headroom size 20261126-size' });
  await expect(measure()).rejects.toThrow(UsageError);
  await expect(measure()).rejects.toThrow(/run "headroom chaos restore"/);
});
