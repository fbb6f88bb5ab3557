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
import { ownIdentity } from '../core/process/processes.ts';
import type { Fault } from './faults/fault.ts';
import { poisonMessages } from './faults/poisonMessages.ts';
import { revokeIngressRule } from './faults/revokeIngressRule.ts';
import { formatRestored, leavesSomething } from './formatRestored.ts';
import { restoreFromJournals, type RestoredJournal } from './restore.ts';
import { restoreFromDocuments } from './restoreFromDocument.ts';
import { ScriptedStage } from './testing/scriptedStage.ts';
import { testDocument } from './testing/systemDocuments.ts';
import { SelfMovingClock } from './testing/selfMovingClock.ts';
import { startMessagingStage } from './testing/messagingStage.ts';
import { clientsAt, startSecurityGroupStage } from './testing/securityGroupStage.ts';
import { service } from '../service/testing/service.ts';

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
  restoreFromJournals({ directory, stage: 'test', clients, clock: systemClock, host: 'here' });

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
      await messaging.subscriber({ drillId: 'killed', firstId: 5_000_000_000, service });
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
    const options = { directory, stage: 'qa', clients: stage, clock: systemClock, host: 'here' };
    expect(await restoreFromJournals(options)).toEqual([]);
    expect(stage.allows(0)).toBe(false);
    await restore();
  });

  it('has nothing to do where there is no directory', async () => {
    const options = {
      directory: join(directory, 'none'),
      stage: 'test',
      clients: stage,
      clock: systemClock,
      host: 'here',
    };
    expect(await restoreFromJournals(options)).toEqual([]);
  });

  it('leaves a drill alone that still runs here, unless it is forced', async () => {
    const path = await killedDrill();
    const owner = { process: await ownIdentity(), host: 'here' };
    const lines = await readFile(path, 'utf8');
    const [begin, ...rest] = lines.split('\n');
    await writeFile(path, [JSON.stringify({ ...JSON.parse(begin!), owner }), ...rest].join('\n'));
    const [living] = await restore();
    expect(living).toMatchObject({ undone: [], problems: [], living: owner.process });
    expect(stage.allows(0)).toBe(false);
    // On another machine that process is not this one.
    const elsewhere = { directory, stage: 'test', clients: stage, clock: systemClock, host: 'there' };
    expect((await restoreFromJournals(elsewhere))[0]).toMatchObject({ living: null });
    expect(stage.allows(0)).toBe(true);
    await writeFile(path, [JSON.stringify({ ...JSON.parse(begin!), owner }), ...rest].join('\n'));
    const [forced] = await restoreFromJournals({ ...elsewhere, host: 'here', force: true });
    expect(forced).toMatchObject({ living: null, problems: [] });
    expect(forced?.undone).toHaveLength(2);
  });
});

describe('restoreFromJournals, of several', () => {
  const system = testDocument('system-01');
  const intentOf = (fault: Fault, sequence: number): Intent => ({
    kind: 'intent',
    sequence,
    at: '2026-01-01T00:00:00.000Z',
    step: 'inject',
    fault: fault.name,
    system: system.system,
    ...(fault.plan(system, { drillId: 'poison', firstId: 5_000_000_000, service }) as {
      arguments: null;
      inverse: null;
    }),
    schedule: null,
  });
  const journalOf = async (name: string, intents: readonly Intent[]): Promise<void> => {
    await mkdir(join(directory, name));
    const begin = {
      kind: 'begin',
      schemaVersion: 1,
      at: '2026-01-01T00:00:00.000Z',
      drillId: name,
      drill: name,
    };
    const lines = [{ ...begin, stage: 'test', place: 'local' }, ...intents].map((line) =>
      JSON.stringify(line),
    );
    await writeFile(join(directory, name, 'drill-journal.jsonl'), `${lines.join('\n')}\n`);
  };

  it('gives the traffic its way back before it waits for letters, and waits for all of those at once', async () => {
    const clock = new SelfMovingClock(Date.parse('2026-01-01T00:00:05.000Z'));
    const scripted = new ScriptedStage(clock, { ruleAbsent: true, poison: 'never comes' });
    const asked: string[] = [];
    scripted.onCall = (when, command) => {
      if (when === 'before') asked.push(command.constructor.name);
    };
    await journalOf('a-poison', [intentOf(poisonMessages, 0)]);
    await journalOf('b-poison', [intentOf(poisonMessages, 0)]);
    await journalOf('c-revoke', [intentOf(revokeIngressRule, 0)]);
    const startMs = clock.now();
    const restored = await restoreFromJournals({
      directory,
      stage: 'test',
      clients: scripted.clients,
      clock,
      host: 'here',
    });
    expect(scripted.ruleExists).toBe(true);
    expect(asked.indexOf('AuthorizeSecurityGroupIngressCommand')).toBeLessThan(
      asked.findIndex((name) => name.startsWith('GetQueueAttributes')),
    );
    // 75 s for both, not for each; and settled, since SNS never said that it had taken any.
    expect(clock.now() - startMs).toBeLessThan(80_000);
    expect(restored.map(({ drillId, problems }) => [drillId, problems])).toEqual([
      ['a-poison', []],
      ['b-poison', []],
      ['c-revoke', []],
    ]);
    expect(restored[0]?.remarks).toEqual([
      'poison-messages system-01: 8 of 8 messages, which SNS never acknowledged, were found nowhere: counted as not published',
    ]);
    expect(formatRestored({ stage: 'test', journals: restored, rules: [] })).toContain(
      'counted as not published',
    );
  });
});

describe('restoreFromDocuments', () => {
  const look = (lookOnly: boolean) =>
    restoreFromDocuments(stage.systems, { clients: stage, clock: systemClock, lookOnly });

  it('puts back what a drill took away whose journal is elsewhere', async () => {
    await killedDrill();
    await rm(join(directory, 'runs'), { recursive: true });
    expect(await restore()).toEqual([]);
    const rules = await look(true);
    expect(rules.map(({ state }) => state)).toEqual(['missing', 'missing']);
    expect(stage.allows(0)).toBe(false);
    const found = { stage: 'test', journals: [], rules };
    expect(leavesSomething(found)).toBe(true);
    expect(formatRestored(found)).toContain('npx headroom chaos restore --stage test --from-document');
    expect((await look(false)).map(({ state }) => state)).toEqual(['putBack', 'putBack']);
    expect([stage.allows(0), stage.allows(1)]).toEqual([true, true]);
    const after = { stage: 'test', journals: [], rules: await look(false) };
    expect(after.rules.map(({ state }) => state)).toEqual(['present', 'present']);
    expect(leavesSomething(after)).toBe(false);
    expect(formatRestored(after)).toBe(
      'nothing to undo; checked: the journals here, and the rule to the database of 2 systems',
    );
  });

  it('says of which it could not', async () => {
    const clients = clientsAt('http://127.0.0.1:9');
    const rules = await restoreFromDocuments(stage.systems, { clients, clock: systemClock, lookOnly: false });
    expect(rules).toMatchObject([{ state: 'missing' }, { state: 'missing' }]);
    expect(rules[0]?.problem).toContain('ECONNREFUSED');
    expect(leavesSomething({ stage: 'test', journals: [], rules })).toBe(true);
  });
});
