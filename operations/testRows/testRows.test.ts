import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity } from '../../core/process/processes.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { loadService, type Service } from '../../fleet/service.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { limits } from '../../monitoring/limits.ts';
import { publishedRowsSchema } from '../../records/publishedRows.ts';
import { exampleDrill, exampleRunAt } from '../../records/testing/examples.ts';
import { contract } from '../../service/contract.ts';
import type { OperationContext } from '../context.ts';
import { acknowledgedByDrill, acknowledgedByLoad } from './acknowledged.ts';
import { formatLeftRows } from './formatLeftRows.ts';
import { leavesRows, removeLeftRows } from './leftRows.ts';
import { StoringStage } from './testing/storingStage.ts';
import { whilePublishing, type Acknowledged } from './whilePublishing.ts';

let directory: string;
let stage: StoringStage;
let service: Service;
let lines: string[];
let stopping: AbortController;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-clients-'));
  stage = new StoringStage();
  service = await loadService(serviceSchema.parse(contract));
  lines = [];
  stopping = new AbortController();
});
afterEach(() => rm(directory, { recursive: true }));

const record = (): string => join(directory, 'run', 'published.json');
const real = 77;

/** A run of three messages: what becomes of each is the test's. */
function publish(
  become: (ids: [number, number, number], stage: StoringStage) => void,
  {
    keepData = false,
    removedLater = false,
    acknowledged = 3,
    fails,
  }: { keepData?: boolean; removedLater?: boolean; acknowledged?: number | null; fails?: Error } = {},
): Promise<string> {
  const context = {
    clock: stage.clock,
    random: () => 0.5,
    signal: stopping.signal,
    output: { progress: (line: string) => lines.push(line) },
  } as unknown as OperationContext;
  const target = {
    stage: 'test',
    systems: [stage.document],
    connection: stage.connection,
    fleet: { service: serviceSchema.parse(contract) } as Fleet,
  };
  stage.rows.add(real);
  return whilePublishing(
    context,
    target,
    join(directory, 'run'),
    { keepData, removedLater, mostMessages: 3 },
    (first) => {
      become([first, first + 1, first + 2], stage);
      if (fails) throw fails;
      return Promise.resolve({ result: 'told', acknowledged: new Map([['system-01', acknowledged]]) });
    },
  );
}

const restore = (force = false) =>
  removeLeftRows({
    directory,
    stage: 'test',
    systems: [stage.document],
    connection: stage.connection,
    service,
    clock: stage.clock,
    host: 'another',
    force,
  });

const storeAll = (ids: number[]): void => ids.forEach((id) => stage.rows.add(id));

describe('a run that publishes', () => {
  it('leaves no client, and takes no real one', async () => {
    let during: unknown;
    const result = await publish((ids) => {
      storeAll(ids);
      during = existsSync(record());
    });
    expect([result, during, [...stage.rows], existsSync(record())]).toEqual(['told', true, [real], false]);
    expect(lines).toEqual(['3 test rows removed (--keep-data would keep them); seeded rows stay']);
  });

  it('waits for what is on its way, and no longer than for that', async () => {
    const startMs = stage.nowMs;
    await publish(([a, b, c]) => {
      storeAll([a]);
      stage.queue = [b, c];
      stage.storesPerSecond = 1;
    });
    expect([[...stage.rows], stage.queue]).toEqual([[real], []]);
    expect(stage.nowMs - startMs).toBeLessThan(limits.removal.queueEmptyMs.local);
  });

  it('leaves what was given up to whoever asks why, and says how to remove it', async () => {
    await publish(([a, b, c]) => {
      storeAll([a, b]);
      stage.deadLetters = [c, 5];
    });
    expect([[...stage.rows], stage.deadLetters.length, existsSync(record())]).toEqual([[real], 2, true]);
    expect(lines.at(-1)).toBe(
      'system-01: test rows remain: 1 are dead letters, which a redrive would store: npx headroom chaos restore --stage test',
    );
    expect(formatLeftRows(await restore())).toEqual([
      `removed: 0 test rows and 1 dead letters of system-01 (${record()})`,
    ]);
    expect([stage.deadLetters, existsSync(record())]).toEqual([[5], false]);
  });

  it('says what still waits when its time is over; the next restore removes it', async () => {
    await publish((ids) => (stage.queue = ids));
    expect(lines.at(-1)).toContain(`3 messages are waiting in ${stage.document.queues.subscriber.name}`);
    expect(existsSync(record())).toBe(true);
    stage.storesPerSecond = 2;
    expect(leavesRows(await restore())).toBe(false);
    expect([[...stage.rows], existsSync(record())]).toEqual([[real], false]);
  });

  it('waits less when somebody has pressed Ctrl-C, and then says what is left', async () => {
    const startMs = stage.nowMs;
    stopping.abort(new Error('interrupted'));
    await publish((ids) => (stage.queue = ids), { acknowledged: null });
    expect(stage.nowMs - startMs).toBeLessThanOrEqual(limits.removal.interruptedMs + 1_000);
    expect(existsSync(record())).toBe(true);
  });

  it('removes what it published before it failed, and ends with its own failure', async () => {
    const failing = publish(storeAll, { fails: new Error('the engine broke') });
    await expect(failing).rejects.toThrow('the engine broke');
    expect([[...stage.rows], existsSync(record())]).toEqual([[real], false]);
  });

  it('waits for nothing where it was refused before it published anything', async () => {
    const startMs = stage.nowMs;
    await expect(publish(() => undefined, { fails: new Error('refused') })).rejects.toThrow('refused');
    expect(stage.nowMs - startMs).toBeLessThan(1_000);
    expect(existsSync(join(directory, 'run'))).toBe(false);
  });

  it('keeps its answer where the database cannot be asked, and its record', async () => {
    stage.databaseError = 'the cluster is paused';
    expect(await publish(storeAll)).toBe('told');
    expect(lines.at(-1)).toContain('test rows remain: the cluster is paused');
    expect(existsSync(record())).toBe(true);
  });

  it('leaves what a part of a load published to who judges the whole, and to a restore', async () => {
    await publish(storeAll, { removedLater: true });
    expect([stage.rows.size, existsSync(record())]).toEqual([4, true]);
    expect(lines).toEqual([expect.stringContaining('stay until the whole run is judged')]);
    expect(leavesRows(await restore())).toBe(false);
    expect([...stage.rows]).toEqual([real]);
  });

  it('keeps all with --keep-data', async () => {
    await publish(storeAll, { keepData: true });
    expect([stage.rows.size, existsSync(record()), lines]).toEqual([4, false, []]);
    expect(await restore()).toEqual([]);
  });
});

describe('a killed run', () => {
  /** Kills the run at its nth word with AWS; whether it came so far. */
  async function killedAt(nth: number): Promise<boolean> {
    let calls = 0;
    const killed = new Promise<'killed'>((resolve) => {
      stage.onCall = () => {
        calls += 1;
        if (calls < nth) return Promise.resolve();
        resolve('killed');
        return new Promise(() => undefined);
      };
    });
    const ended = publish((ids) => {
      storeAll(ids.slice(0, 1));
      stage.queue = ids.slice(1);
      stage.storesPerSecond = 1;
    });
    const end = await Promise.race([ended, killed]);
    stage.onCall = () => Promise.resolve();
    return end === 'killed';
  }

  it('leaves nothing that "chaos restore" does not remove, wherever it was killed', async () => {
    let nth = 1;
    for (; await killedAt(nth); nth += 1) {
      const runs = await restore(true);
      expect([nth, leavesRows(runs), [...stage.rows], stage.queue, existsSync(record())]).toEqual([
        nth,
        false,
        [real],
        [],
        false,
      ]);
      expect(await restore()).toEqual([]);
      stage = new StoringStage();
    }
    expect(nth).toBeGreaterThan(10);
  });

  it('is known before its first message, with ids that hold them all', async () => {
    let ids: number[] = [];
    const dies = publish(
      (all) => {
        ids = all;
        stage.databaseError = 'away';
      },
      { acknowledged: 3 },
    );
    await dies;
    const kept = publishedRowsSchema.parse(JSON.parse(await readFile(record(), 'utf8')));
    expect(kept.ids).toEqual({ first: ids[0], last: ids[0]! + limits.messageIds.blockSize - 1 });
    expect(ids[0]).toBeGreaterThanOrEqual(limits.messageIds.first);
  });

  it('is left alone while it lives here, unless forced; and where it is of another stage', async () => {
    stage.databaseError = 'away';
    await publish(storeAll);
    stage.databaseError = null;
    const left = publishedRowsSchema.parse(JSON.parse(await readFile(record(), 'utf8')));
    const own = { process: await ownIdentity(), host: hostname() };
    expect(left).toMatchObject({ stage: 'test', systems: ['system-01'], owner: own });
    const here = {
      directory,
      systems: [stage.document],
      connection: stage.connection,
      service,
      clock: stage.clock,
    };
    expect(await removeLeftRows({ ...here, stage: 'qa', host: hostname(), force: true })).toEqual([]);
    const living = await removeLeftRows({ ...here, stage: 'test', host: hostname() });
    expect([living[0]?.living, leavesRows(living), stage.rows.size]).toEqual([own.process, true, 4]);
    expect(formatLeftRows(living)[0]).toMatch(/^STILL RUNNING: process .*--force removes them now/);
    await removeLeftRows({ ...here, stage: 'test', host: hostname(), force: true });
    expect([...stage.rows]).toEqual([real]);
  });

  it('with a record of ids that are not for tests removes nothing, and says so', async () => {
    stage.databaseError = 'away';
    await publish(storeAll);
    stage.databaseError = null;
    const left = publishedRowsSchema.parse(JSON.parse(await readFile(record(), 'utf8')));
    await writeFile(record(), JSON.stringify({ ...left, ids: { first: 1, last: 100 } }));
    const runs = await restore();
    expect([leavesRows(runs), stage.rows.has(real), existsSync(record())]).toEqual([true, true, true]);
    expect(formatLeftRows(runs)[0]).toMatch(/^STILL TO BE REMOVED: .*are not all set apart for tests/);
  });
});

it('a load and a drill tell how many surely arrive, or that nobody knows', () => {
  const run = exampleRunAt(0);
  const [first] = run.systems;
  const withIds = (unresolvedIds: { first: number; last: number }[]): Acknowledged =>
    acknowledgedByLoad({
      ...run,
      systems: [
        {
          ...first!,
          messages: {
            ...first!.messages!,
            acknowledgedIds: [
              { first: 1, last: 3 },
              { first: 7, last: 7 },
            ],
            unresolvedIds,
          },
        },
      ],
    });
  expect(withIds([]).get(first!.system)).toBe(4);
  expect(withIds([{ first: 9, last: 9 }]).get(first!.system)).toBeNull();
  const [messages] = exampleDrill.messages;
  const drill = (change: Partial<NonNullable<typeof messages>>) =>
    acknowledgedByDrill({ ...exampleDrill, messages: [{ ...messages!, ...change }] }).get(messages!.system);
  expect(drill({ unresolved: 0, published: 9 })).toBe(9);
  expect(drill({ unresolved: 1 })).toBeNull();
});
