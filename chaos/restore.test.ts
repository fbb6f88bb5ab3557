import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Intent } from '../records/journal.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import { systemClock } from '../core/clock.ts';
import { restoreFromJournals, type RestoredJournal } from './restore.ts';
import { startMessagingStage } from './testing/messagingStage.ts';
import { clientsAt, startSecurityGroupStage } from './testing/securityGroupStage.ts';

let stage: Awaited<ReturnType<typeof startSecurityGroupStage>>;
let directory: string;
beforeAll(async () => {
  stage = await startSecurityGroupStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-restore-'));
});
afterEach(() => rm(directory, { recursive: true }));

const restore = (clients: ReturnType<typeof clientsAt> = stage): Promise<RestoredJournal[]> =>
  restoreFromJournals({ directory, stage: 'test', clients, clock: systemClock });

/** Puts a fault in place in another process and kills it there; revokes every system's rule if not told otherwise. */
async function killedDrill(
  { url, systems }: { url: string; systems: readonly SystemDocument[] } = stage,
  fault = 'revoke-ingress-rule',
): Promise<string> {
  const path = join(directory, 'runs', 'one', 'drill-journal.jsonl');
  const script = fileURLToPath(new URL('./testing/killedDrill.ts', import.meta.url));
  const child = spawn(process.execPath, [script, url, path, JSON.stringify(systems), fault], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return path;
}

describe('restoreFromJournals', () => {
  it('undoes what a killed process left, once', async () => {
    const path = await killedDrill();
    expect([stage.allows(0), stage.allows(1)]).toEqual([false, false]);
    const [result, ...others] = await restore();
    expect(others).toEqual([]);
    expect(result).toMatchObject({ path, drillId: 'killed', problems: [] });
    expect(result?.undone.sort()).toEqual(['revoke-ingress-rule system-01', 'revoke-ingress-rule system-02']);
    expect([stage.allows(0), stage.allows(1)]).toEqual([true, true]);
    expect(stage.schedules()).toEqual([]);
    expect(await restore()).toEqual([]);
  });

  it('takes away the dead letters that a killed drill left, and no other', async () => {
    const messaging = await startMessagingStage();
    try {
      await killedDrill({ url: messaging.url, systems: [messaging.system] }, 'poison-messages');
      await messaging.giveUp('of somebody else', 'messageNotJson');
      await messaging.subscriber({ drillId: 'killed', firstId: 5_000_000_000 });
      expect((await messaging.deadLetters()).length).toBeGreaterThan(1);
      const [result] = await restore(clientsAt(messaging.url));
      expect(result).toMatchObject({ undone: ['poison-messages system-01'], problems: [] });
      expect(await messaging.deadLetters()).toEqual(['of somebody else']);
      expect(await restore(clientsAt(messaging.url))).toEqual([]);
    } finally {
      await messaging.close();
    }
  });

  it('is content where the schedule has undone it already', async () => {
    await killedDrill();
    expect(stage.schedules().map(({ target }) => target.roleArn)).toEqual(
      stage.systems.map(({ restoreRoleArn }) => restoreRoleArn),
    );
    expect(stage.fireSchedules(Date.now() + 2 * 60_000 + 1_000)).toEqual([]);
    expect([stage.allows(0), stage.allows(1)]).toEqual([true, true]);
    const [result] = await restore();
    expect(result?.problems).toEqual([]);
    expect(result?.undone).toHaveLength(2);
  });

  it('keeps in the journal what it could not undo, for the next time', async () => {
    await killedDrill();
    const [first] = await restore(clientsAt('http://127.0.0.1:9'));
    expect(first?.undone).toEqual([]);
    expect(first?.problems).toHaveLength(2);
    const [second] = await restore();
    expect(second?.undone).toHaveLength(2);
    expect(stage.allows(0)).toBe(true);
  });

  it('goes on after a journal that it cannot read, and names it', async () => {
    const path = await killedDrill();
    await mkdir(join(directory, 'broken'));
    await writeFile(join(directory, 'broken', 'drill-journal.jsonl'), 'nonsense\n');
    const [broken, good] = await restore();
    expect(broken).toMatchObject({ undone: [], problems: [] });
    expect(broken?.unreadable?.message).toContain('broken/drill-journal.jsonl: line 1: not JSON');
    expect(good).toMatchObject({ path, problems: [] });
    expect(stage.allows(1)).toBe(true);
  });

  it('undoes what it can read of a journal, and names the line that it cannot', async () => {
    const path = await killedDrill();
    const lines = (await readFile(path, 'utf8')).split('\n');
    const [begin, first, ...rest] = lines;
    const system = (JSON.parse(first!) as Intent).system;
    await writeFile(path, [begin, first!.replace('"inject"', '"unheard-of"'), ...rest].join('\n'));
    const [result] = await restore();
    expect(result?.unreadable?.message).toContain(`${path}: line 2: step: Invalid option`);
    expect(result?.undone).toHaveLength(1);
    expect(result?.undone).not.toContain(`revoke-ingress-rule ${system}`);
    await writeFile(path, lines.join('\n'));
    await restore();
  });

  it('touches nothing that a journal of another version tells of', async () => {
    const path = await killedDrill();
    const known = await readFile(path, 'utf8');
    await writeFile(path, known.replace('"schemaVersion":1', '"schemaVersion":99'));
    const [result] = await restore();
    expect(result).toMatchObject({ undone: [], problems: [] });
    expect(result?.unreadable?.message).toContain('schemaVersion: Invalid input: expected 1, received 99');
    expect(stage.allows(0)).toBe(false);
    await writeFile(path, known);
    await restore();
  });

  it('refuses by name a fault that it does not know', async () => {
    const path = await killedDrill();
    const known = await readFile(path, 'utf8');
    await writeFile(path, '');
    await appendFile(path, known.replaceAll('revoke-ingress-rule', 'cut-the-cable'));
    const [result] = await restore();
    expect(result?.problems[0]).toContain('no fault "cut-the-cable"');
    await writeFile(path, known);
    await restore();
  });

  it("leaves another stage's drills alone", async () => {
    await killedDrill();
    const options = { directory, stage: 'qa', clients: stage, clock: systemClock };
    expect(await restoreFromJournals(options)).toEqual([]);
    expect(stage.allows(0)).toBe(false);
    await restore();
  });

  it('has nothing to do where there is no directory', async () => {
    const options = { directory: join(directory, 'none'), stage: 'test', clients: stage, clock: systemClock };
    expect(await restoreFromJournals(options)).toEqual([]);
  });
});
