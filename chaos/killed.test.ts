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
import { drillOptions } from './testing/drillOptions.ts';
import { SelfMovingClock } from './testing/selfMovingClock.ts';

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
function keepKillPoints(stage: ScriptedStage, clock: SelfMovingClock, journalPath: string) {
  const points: KillPoint[] = [];
  const known = new Set<string>();
  const keep = (at: string, journal: string): void => {
    const schedules = [...stage.schedules.keys()].join();
    const key = `${journal.length} ${hurtsOf(stage)} ${stage.hiddenLetters} ${schedules}`;
    if (known.has(key)) return;
    known.add(key);
    const nowMs = clock.now();
    points.push({ at, stage: stage.copy(new SelfMovingClock(nowMs)), nowMs, journal });
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
  const clock = new SelfMovingClock();
  const stage = new ScriptedStage(clock, script);
  const directory = await mkdtemp(join(root, 'drill-'));
  const kept = keepKillPoints(stage, clock, join(directory, journalFileName));
  const result = await runDrill(drillOptions(name, stage, { clock, directory }));
  kept.end();
  return { result, points: kept.points };
}

/** The stage as the kill left it, and the journal in a directory of its own. */
async function found(point: KillPoint) {
  const clock = new SelfMovingClock(point.nowMs);
  const stage = point.stage.copy(clock);
  const directory = await mkdtemp(join(root, 'found-'));
  const path = join(directory, journalFileName);
  if (point.journal !== '') await writeFile(path, point.journal);
  const restore = (): Promise<RestoredJournal[]> =>
    restoreFromJournals({ directory, stage: 'test', clients: stage.clients, clock, host: 'there' });
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
  const { observe } = drillNamed(name).steps({
    periodSeconds: 10,
    visibilityTimeoutMs: 4_000,
    hitsFleet: false,
    poisonKinds: 4,
  });
  return 2 * limits.drill.endSessionsWithinMs + observe.maximumMs + limits.drill.restoreWithinMs;
}

/** Whoever comes finds in the journal what hurts; and where a schedule can undo it, one stands by, not too early. */
async function unknownAt(name: string, point: KillPoint): Promise<string[]> {
  const hurts = hurtsOf(point.stage);
  if (hurts === '') return [];
  const { path, stage } = await found(point);
  const problems: string[] = [];
  if ((await intentsIn(path)).length === 0) problems.push(`${point.at}: ${hurts}, and no journal tells`);
  if (name === 'poison-messages') return problems;
  const schedules = [...stage.schedules.values()];
  if (schedules.length !== 1)
    problems.push(`${point.at}: ${hurts}, and ${schedules.length} schedules stand by`);
  for (const { armedMs, fireAtMs } of schedules) {
    const afterMs = fireAtMs - armedMs - undoneWithinMs(name);
    // Schedules fire within the minute that they name.
    if (!(afterMs >= 0 && afterMs <= 60_000))
      problems.push(`${point.at}: the schedule fires ${afterMs} ms late`);
  }
  return problems;
}

/** `chaos restore` leaves nothing, may be repeated, and forgives a journal that does not know of it. */
async function restoredAt(point: KillPoint): Promise<{ problems: string[]; points: KillPoint[] }> {
  const { clock, stage, path, restore } = await found(point);
  const problems: string[] = [];
  const note = (when: string, journals: readonly RestoredJournal[]): void => {
    const unsolved = journals.flatMap((journal) => journal.problems);
    if (hurtsOf(stage) !== '') unsolved.push(hurtsOf(stage));
    problems.push(...unsolved.map((problem) => `${point.at}: ${when}: ${problem}`));
  };
  const known = await intentsIn(path);
  const kept = keepKillPoints(stage, clock, path);
  note('restored', await restore());
  kept.end();
  // One system: with its fault in the journal there is no schedule that is not its own.
  const left = [...stage.schedules.keys()];
  if (known.length > 0) problems.push(...left.map((name) => `${point.at}: schedule ${name} is left`));
  const again = await restore();
  if (again.length > 0) problems.push(`${point.at}: there is something to undo a second time`);
  if (point.journal !== '') await writeFile(path, point.journal);
  note('restored by a journal of before', await restore());
  // What no journal knows of undoes what is undone already.
  for (const name of left) stage.fire(name);
  note('after the schedules', []);
  return { problems, points: kept.points };
}

/** Nobody comes: the schedules do it. */
async function hurtsAfterSchedules(point: KillPoint): Promise<string[]> {
  const { stage } = await found(point);
  for (const name of stage.schedules.keys()) stage.fire(name);
  const hurts = hurtsOf(stage);
  return hurts === '' ? [] : [`${point.at}: ${hurts}`];
}

/** At all points together. */
async function atAll(
  points: readonly KillPoint[],
  look: (point: KillPoint) => Promise<string[]>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const point of points) problems.push(...(await look(point)));
  return problems;
}

describe.each([...drills.keys()])('%s, killed wherever it can be', (name) => {
  let verdict: string;
  let points: KillPoint[];
  let hurting: KillPoint[];
  beforeAll(async () => {
    const kept = await runKept(name);
    verdict = kept.result.verdict;
    points = kept.points;
    hurting = points.filter(({ stage }) => hurtsOf(stage) !== '');
  });

  it('was killed at every line of its journal, with the fault in place and without', () => {
    expect(verdict).toBe('passed');
    const journal = points.at(-1)?.journal ?? '';
    expect(journal).toContain('"kind":"end"');
    const lines = points.flatMap(({ at }) => /^journal line (\d+)$/.exec(at)?.[1] ?? []);
    const written = journal.trim().split('\n').length;
    expect(lines.map(Number)).toEqual(Array.from({ length: written }, (_, index) => index + 1));
    const healsByItself = name === 'restart-database';
    expect(written).toBeGreaterThanOrEqual(healsByItself ? 3 : 5);
    expect(hurting.length > 2).toBe(!healsByItself);
  });

  it('leaves nothing that no journal knows of, and no schedule can undo', async () => {
    expect(await atAll(points, (point) => unknownAt(name, point))).toEqual([]);
  });

  it('is undone by "chaos restore", once or again', async () => {
    expect(await atAll(points, async (point) => (await restoredAt(point)).problems)).toEqual([]);
  });

  it('is undone too where "chaos restore" is killed in its turn', async () => {
    const inTurn = await Promise.all(hurting.map(async (point) => (await restoredAt(point)).points));
    const look = async (point: KillPoint): Promise<string[]> => [
      ...(await unknownAt(name, point)),
      ...(await restoredAt(point)).problems,
    ];
    expect(await atAll(inTurn.flat(), look)).toEqual([]);
  });

  it.skipIf(name === 'poison-messages')('heals by its schedule where nobody comes', async () => {
    expect(await atAll(points, hurtsAfterSchedules)).toEqual([]);
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
