import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../monitoring/limits.ts';
import { outstandingIntents } from '../records/journal.ts';
import { journalFileName, readJournal } from '../records/journalFile.ts';
import { drills, drillNamed } from './drills/index.ts';
import { restoreFromJournals, type RestoredJournal } from './restore.ts';
import { runDrill } from './runDrill.ts';
import { ScriptedStage, type Script } from './testing/scriptedStage.ts';
import { VirtualClock } from './testing/virtualClock.ts';

/**
 * Every drill, killed before and after each call that it makes to AWS, and at each line of its journal. A kill leaves
 * what was done so far and what is on the disk; both are kept at every such point of one whole drill, and then looked
 * at one by one. So is what a kill leaves of `chaos restore`.
 */

interface KillPoint {
  /** What had been asked of AWS last, for the message of a test that fails. */
  at: string;
  stage: ScriptedStage;
  nowMs: number;
  journal: string;
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'headroom-killed-'));
});
afterAll(() => rm(root, { recursive: true }));

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Keeps what a kill would leave, at each call from now on; a state that was kept before is not kept again. */
function keepKillPoints(stage: ScriptedStage, clock: VirtualClock, journalPath: string) {
  const points: KillPoint[] = [];
  const known = new Set<string>();
  const keep = (at: string, journal: string): void => {
    const schedules = [...stage.schedules.keys()].join();
    const key = `${journal.length} ${hurtsOf(stage)} ${stage.hiddenLetters} ${schedules}`;
    if (known.has(key)) return;
    known.add(key);
    const nowMs = clock.now();
    points.push({ at, stage: stage.copy(new VirtualClock(nowMs)), nowMs, journal });
  };
  let lines = readIfThere(journalPath).split('\n').length - 1;
  const look = (at: string): void => {
    const written = readIfThere(journalPath).split('\n');
    // Lines that were written since the call before, one after the other, each also in the middle of its writing.
    for (; lines < written.length - 1; lines += 1) {
      const whole = written.slice(0, lines).map((line) => `${line}\n`);
      const next = written[lines] ?? '';
      keep(`half of journal line ${lines + 1}`, whole.join('') + next.slice(0, next.length / 2));
      keep(`journal line ${lines + 1}`, `${whole.join('')}${next}\n`);
    }
    keep(at, readIfThere(journalPath));
  };
  stage.onCall = (when, command) => look(`${when} ${command.constructor.name}`);
  return {
    points,
    /** The lines that were written after the last call. */
    end: () => look('the end'),
  };
}

/** What is not as it was, in the words of nobody in particular. */
function hurtsOf(stage: ScriptedStage): string {
  return [
    ...(stage.ruleExists ? [] : ['rule missing']),
    ...Object.keys(stage.methodSettings).map((method) => `${method} throttled`),
    ...stage.deadLetters,
  ].join('; ');
}

/** Runs the drill to its end, and keeps every point at which it could have been killed. */
async function runKept(name: string, script: Script = {}) {
  const clock = new VirtualClock();
  const stage = new ScriptedStage(clock, script);
  const directory = await mkdtemp(join(root, 'drill-'));
  const kept = keepKillPoints(stage, clock, join(directory, journalFileName));
  const result = await runDrill({
    drill: drillNamed(name),
    stage: 'test',
    place: 'local',
    systems: [stage.document],
    clients: stage.clients,
    periodSeconds: 10,
    load: stage.load,
    directory,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  kept.end();
  return { result, points: kept.points };
}

/** The stage as the kill left it, and the journal in a directory of its own. */
async function found(point: KillPoint) {
  const clock = new VirtualClock(point.nowMs);
  const stage = point.stage.copy(clock);
  const directory = await mkdtemp(join(root, 'found-'));
  const path = join(directory, journalFileName);
  if (point.journal !== '') await writeFile(path, point.journal);
  const restore = (): Promise<RestoredJournal[]> =>
    restoreFromJournals({ directory, stage: 'test', clients: stage.clients, clock });
  return { clock, stage, path, restore };
}

async function intentsIn(path: string) {
  const journal = await readJournal(path);
  if (journal.state === 'absent') return [];
  if (journal.state !== 'readable') throw new Error(`${path}: ${journal.state}`);
  return outstandingIntents(journal.record);
}

/** Longest time from the arming of a schedule until the drill has undone the fault itself. */
function undoneWithinMs(name: string): number {
  const { observe } = drillNamed(name).steps({ periodSeconds: 10, visibilityTimeoutMs: 4_000 });
  return 2 * limits.drill.endSessionsWithinMs + observe.maximumMs + limits.drill.restoreWithinMs;
}

/** Whoever comes finds in the journal what hurts; and where a schedule can undo it, one stands by, not too early. */
async function expectKnown(name: string, point: KillPoint): Promise<void> {
  if (hurtsOf(point.stage) === '') return;
  const { path, stage } = await found(point);
  const intents = await intentsIn(path);
  expect(intents, `${point.at}: ${hurtsOf(stage)}, and no journal tells`).not.toEqual([]);
  if (name === 'poison-messages') return;
  const schedules = [...stage.schedules.values()];
  expect(schedules, `${point.at}: ${hurtsOf(stage)}, and no schedule stands by`).toHaveLength(1);
  for (const { armedMs, fireAtMs } of schedules) {
    expect(fireAtMs - armedMs, point.at).toBeGreaterThanOrEqual(undoneWithinMs(name));
    expect(fireAtMs - armedMs, point.at).toBeLessThanOrEqual(undoneWithinMs(name) + 60_000);
  }
}

/** `chaos restore` leaves nothing, may be repeated, and forgives a journal that does not know of it. */
async function expectRestorable(point: KillPoint): Promise<KillPoint[]> {
  const { clock, stage, path, restore } = await found(point);
  const known = await intentsIn(path);
  const kept = keepKillPoints(stage, clock, path);
  const restored = await restore();
  kept.end();
  expect(
    restored.flatMap(({ problems }) => problems),
    point.at,
  ).toEqual([]);
  expect(hurtsOf(stage), point.at).toBe('');
  // One system: with its fault in the journal there is no schedule that is not its own.
  expect(known.length > 0 ? [...stage.schedules.keys()] : [], point.at).toEqual([]);
  expect(await restore(), `${point.at}: again`).toEqual([]);
  if (point.journal !== '') await writeFile(path, point.journal);
  const repeated = await restore();
  expect(
    repeated.flatMap(({ problems }) => problems),
    `${point.at}: by a journal of before`,
  ).toEqual([]);
  expect(hurtsOf(stage), point.at).toBe('');
  // What no journal knows of undoes what is undone already.
  for (const name of stage.schedules.keys()) stage.fire(name);
  expect(hurtsOf(stage), point.at).toBe('');
  return kept.points;
}

/** Nobody comes: the schedules do it. */
async function expectHealing(point: KillPoint): Promise<void> {
  const { stage } = await found(point);
  for (const name of stage.schedules.keys()) stage.fire(name);
  expect(hurtsOf(stage), point.at).toBe('');
}

describe.each([...drills.keys()])('%s, killed wherever it can be', (name) => {
  let points: KillPoint[];
  let verdict: string;
  beforeAll(async () => {
    const kept = await runKept(name);
    points = kept.points;
    verdict = kept.result.verdict;
  });

  it('was killed at every line of its journal, with the fault in place and without', async () => {
    expect(verdict).toBe('passed');
    const lines = points.flatMap(({ at }) => /^journal line (\d+)$/.exec(at)?.[1] ?? []);
    const journal = points.at(-1)?.journal ?? '';
    expect(journal).toContain('"kind":"end"');
    const written = journal.trim().split('\n').length;
    expect(new Set(lines.map(Number))).toEqual(
      new Set(Array.from({ length: written }, (_, index) => index + 1)),
    );
    expect(written).toBeGreaterThanOrEqual(name === 'restart-database' ? 2 : 4);
    const hurting = points.filter(({ stage }) => hurtsOf(stage) !== '').length;
    // A reboot heals by itself: nothing that hurts is ever left.
    expect(hurting >= 3).toBe(name !== 'restart-database');
    expect(hurting > 0).toBe(name !== 'restart-database');
  });

  it('leaves nothing that no journal knows of, and no schedule can undo', async () => {
    for (const point of points) await expectKnown(name, point);
  });

  it('is undone by "chaos restore", once or again', async () => {
    for (const point of points) await expectRestorable(point);
  });

  it('is undone too where "chaos restore" is killed in its turn', async () => {
    const hurting = points.filter(({ stage }) => hurtsOf(stage) !== '');
    for (const point of hurting) {
      for (const next of await expectRestorable(point)) {
        await expectKnown(name, next);
        await expectRestorable(next);
      }
    }
  });

  it.skipIf(name === 'poison-messages')('heals by its schedule where nobody comes', async () => {
    for (const point of points) await expectHealing(point);
  });
});

it('keeps the journal on the disk, not in a buffer', async () => {
  // What a kill leaves is read from the file at the time: a line that came later would be missing above.
  const { points } = await runKept('revoke-db-ingress');
  const revoked = points.find(({ at }) => at === 'after RevokeSecurityGroupIngressCommand');
  expect(revoked?.journal).toContain('"fault":"revoke-ingress-rule"');
  const { path } = await found(revoked!);
  expect(await readFile(path, 'utf8')).toBe(revoked!.journal);
});
