import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import { drillKind } from '../records/drill.ts';
import type { Drill } from './drills/drill.ts';
import { drillNamed } from './drills/index.ts';
import { UnknownDrillError } from './errors.ts';
import { formatDrill } from './formatDrill.ts';
import { noop } from './faults/noop.ts';
import { outstandingIntents, type JournalEntry } from '../records/journal.ts';
import { journalFileName, readJournal } from '../records/journalFile.ts';
import { recordOrNull, requireRecord } from '../records/recordFile.ts';
import { runDrill } from './runDrill.ts';
import { type DrillOptions } from './drillOptions.ts';
import { ScriptedStage, type Script } from './testing/scriptedStage.ts';
import { drillOptions } from './testing/drillOptions.ts';
import { SelfMovingClock } from './testing/selfMovingClock.ts';
import { busiest } from '../service/testing/asking.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'headroom-drill-'));
});
afterAll(() => rm(root, { recursive: true }));

async function prepare(script: Script = {}, overrides: Partial<DrillOptions> = {}) {
  const clock = new SelfMovingClock();
  const stage = new ScriptedStage(clock, script);
  const interruption = new AbortController();
  const progress: string[] = [];
  const directory = await mkdtemp(join(root, 'drill-'));
  const options: DrillOptions = {
    ...drillOptions('revoke-db-ingress', stage, { clock, directory }),
    signal: interruption.signal,
    onProgress: (line) => progress.push(line),
    ...overrides,
  };
  return { stage, options, interruption, progress };
}

/** Interrupts the drill as soon as a call has made something so. */
function interruptWhen(stage: ScriptedStage, interruption: AbortController, isSo: () => boolean): void {
  stage.onCall = (when) => {
    if (when === 'after' && isSo()) interruption.abort();
  };
}

async function journalIn(directory: string): Promise<JournalEntry[]> {
  const entries = recordOrNull(await readJournal(join(directory, journalFileName)));
  if (entries === null) throw new Error(`no journal in ${directory}`);
  return entries;
}

describe.concurrent('runDrill', () => {
  it('passes a system that fails and recovers as it should', async () => {
    const { stage, options } = await prepare();
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'passed', restored: true, rehearsal: true });
    expect(result.timeline.map(({ step }) => step)).toEqual([
      'steady',
      'inject',
      'observe',
      'restore',
      'recover',
      'settle',
    ]);
    expect(stage.changes).toEqual(['revoke', 'authorize']);
    const [messages] = result.messages;
    expect(messages).toMatchObject({ lost: 0, duplicated: 0, deadLettered: 0, unresolved: 0 });
    expect(messages?.published).toBe(stage.stored.size);
    expect(messages?.published).toBeGreaterThan(50);
    expect(await requireRecord(drillKind, join(options.directory, drillKind.fileName))).toEqual(result);
    const entries = await journalIn(options.directory);
    expect(outstandingIntents(entries)).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ kind: 'end', verdict: 'passed' });
    expect(stage.loadRunning).toBe(false);
    // A schedule stood by while the rule was away, and is gone.
    expect(entries.find((entry) => entry.kind === 'intent')).toMatchObject({
      step: 'inject',
      schedule: expect.stringMatching(/:schedule\/default\/test-system-01-restore-/),
    });
    expect([stage.armed, stage.schedules.size]).toEqual([1, 0]);
  });

  it('tells how things stand each second while it watches', async () => {
    const lines: string[] = [];
    const { options } = await prepare();
    const result = await runDrill({
      ...options,
      live: { everyMs: 1_000, say: (line) => void lines.push(line) },
    });
    const watched = result.timeline.filter(({ step }) => step !== 'inject' && step !== 'restore');
    const seconds = watched.reduce(
      (sum, { start, end }) => sum + (Date.parse(end) - Date.parse(start)) / 1_000,
      0,
    );
    expect(lines.length).toBeGreaterThan(0.7 * seconds);
    expect(lines.length).toBeLessThanOrEqual(seconds);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^observe \d+ s: 0 right, (19|20|21) 503 a second · queue \d+ · errorRate ALARM · page paged$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^recover \d+ s: .* · connections \d+ · errorRate OK/),
    );
  });

  /** As a topic's that calls its function: no queue, no healthcheck, no role that restores. */
  const adoptedOf = ({ systems }: Pick<DrillOptions, 'systems'>): PublishedDocument => {
    const { queues: _queues, restoreRoleArn: _role, ...rest } = systems[0]!;
    return { ...rest, adopted: true, errors: { metric: '4XXError' } };
  };

  it('drills an adopted system as far as it goes, and lists what it did not ask', async () => {
    const { stage, options, progress } = await prepare();
    const result = await runDrill({ ...options, systems: [adoptedOf(options)] });
    expect(result).toMatchObject({ verdict: 'passed', restored: true });
    expect(stage.changes).toEqual(['revoke', 'authorize']);
    expect(result.messages[0]).toMatchObject({ lost: 0, duplicated: 0 });
    expect(result.unasked).toEqual([
      {
        system: 'system-01',
        lacks: 'adopt.healthcheckUrl',
        titles: ["observations of the whole fleet's page in alarm"],
      },
      {
        system: 'system-01',
        lacks: 'adopt.queues.subscriber',
        titles: ['growth of the queue', 'messages left in the queue'],
      },
    ]);
    const asked = result.expectations.map(({ id }) => id);
    expect(asked).toEqual(expect.arrayContaining(['effect', 'paged', 'allGoodAgain', 'lost']));
    expect(asked).not.toContain('queueGrowth');
    expect(formatDrill(result, { color: false })).toContain(
      'not checked for system-01, which lacks adopt.queues.subscriber: growth of the queue',
    );
    expect(progress).toContainEqual(expect.stringContaining('publishes no restoreRoleArn'));
  });

  it('refuses a fault by the field that it takes and an adopted system lacks', async () => {
    const { stage, options } = await prepare();
    const { securityGroups: _groups, ...bare } = adoptedOf(options);
    await expect(runDrill({ ...options, systems: [bare] })).rejects.toThrow(
      'system-01 has no adopt.securityGroups, which revoke-ingress-rule needs',
    );
    expect(stage.changes).toEqual([]);
  });

  it.each([
    [
      5,
      'invalid',
      'system-01: messages neither stored nor dead-lettered: not checked, since it lacks adopt.topicArn',
    ],
    [0, 'passed', 'every expectation that was asked was met'],
  ] as const)(
    'of a system that expects %s messages a second and names no topic it is %s',
    async (messagesPerSecond, verdict, reason) => {
      const { options, progress } = await prepare();
      const { topicArn: _topic, expectedPeak, ...bare } = adoptedOf(options);
      const result = await runDrill({
        ...options,
        systems: [{ ...bare, expectedPeak: { ...expectedPeak, messagesPerSecond } }],
      });
      expect(result).toMatchObject({ verdict, reason, restored: true, messages: [] });
      expect(result.unasked).toContainEqual({
        system: 'system-01',
        lacks: 'adopt.topicArn',
        titles: ['messages published', 'messages neither stored nor dead-lettered', 'messages stored twice'],
      });
      expect(progress.some((line) => line.startsWith('will not be passed: system-01'))).toBe(
        verdict === 'invalid',
      );
    },
  );

  it('refuses a system of whose outage nobody would be told, by the fields that it lacks', async () => {
    const { stage, options } = await prepare();
    const document = adoptedOf(options);
    const { name: _name, ...api } = document.api;
    await expect(runDrill({ ...options, systems: [{ ...document, api }] })).rejects.toThrow(
      'system-01 has no page, since it lacks adopt.apiName or adopt.healthcheckUrl',
    );
    expect(stage.changes).toEqual([]);
  });

  const ofFleet = (result: Awaited<ReturnType<typeof runDrill>>) =>
    result.expectations.filter(({ id }) => id.startsWith('fleet'));

  it('wants the page of the fleet where so much of it is hurt', async () => {
    const scope = { stageSystems: 2, share: null };
    const told = await prepare({ page: 'by the fleet' }, { scope });
    const result = await runDrill(told.options);
    expect(result.verdict).toBe('passed');
    expect(ofFleet(result)).toMatchObject([{ id: 'fleetPaged', outcome: 'met' }]);
    const silent = await prepare({}, { scope });
    const failed = await runDrill(silent.options);
    expect(failed.verdict).toBe('failed');
    expect(failed.reason).toContain("the whole fleet's page goes off: did not happen");
  });

  it('wants the page of the fleet quiet where little of it is hurt, and does not take it for the own one', async () => {
    const scope = { stageSystems: 50, share: { percent: 2, seed: 'a' } };
    const quiet = await prepare({}, { scope });
    const result = await runDrill(quiet.options);
    expect(result).toMatchObject({ verdict: 'passed', systems: ['system-01'], scope });
    expect(ofFleet(result)).toMatchObject([{ id: 'fleetNotPaged', outcome: 'met' }]);
    const loud = await prepare({ page: 'by the fleet' }, { scope });
    const failed = await runDrill(loud.options);
    expect(failed.verdict).toBe('failed');
    expect(failed.reason).toContain("observations of the whole fleet's page in alarm: 1, expected <= 0");
  });

  it('lets no other system keep it, save where all of them are drilled', async () => {
    const { options } = await prepare({ otherIll: true });
    expect((await runDrill(options)).verdict).toBe('passed');
    const whole = await prepare({ otherIll: true }, { scope: { stageSystems: 1, share: null } });
    await expect(runDrill(whole.options)).rejects.toThrow('already in ALARM: test-fleet-unanswered');
  });

  it('touches nothing when its safety net cannot be spread', async () => {
    const { stage, options } = await prepare({ scheduleRefused: true });
    const result = await runDrill(options);
    expect(result.verdict).not.toBe('passed');
    expect(result.reason).toContain('iam:PassRole');
    expect(stage.changes).toEqual([]);
  });

  it('says so where a system publishes no role for its safety net', async () => {
    const { stage, options, progress, interruption } = await prepare();
    const { restoreRoleArn: _none, ...document } = stage.document;
    interruptWhen(stage, interruption, () => stage.changes.length > 0);
    await runDrill({ ...options, systems: [document] });
    expect(progress).toContainEqual(expect.stringContaining('system-01 publishes no restoreRoleArn'));
    expect(stage.armed).toBe(0);
  });

  it('is invalid when the fault is accepted and not in place', async () => {
    const { stage, options } = await prepare({ revokeWithoutEffect: true });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toContain('has rule tcp 5439 from sg-in-system-01 again');
    expect(stage.ruleExists).toBe(true);
  });

  it('is invalid with a fault that does nothing', async () => {
    const drill: Drill = { ...drillNamed('revoke-db-ingress'), faults: [noop] };
    const { options } = await prepare({}, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid' });
    expect(result.reason).toContain('first failed answer after the fault: no data');
  });

  it('is invalid, and says since when, where somebody else undoes the fault meanwhile', async () => {
    const { stage, options } = await prepare({ undoneByOthersAfterMs: 6_000 });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    const times = /again, .* at (\S+)Z at the latest; the fault was in place at (\S+)Z/.exec(result.reason);
    const secondsAfterFault = times!.slice(1).map((time) => {
      const day = result.timeline[1]!.start.slice(0, 11);
      return (Date.parse(`${day}${time}Z`) - Date.parse(result.timeline[1]!.start)) / 1_000;
    });
    // Looked at every second.
    expect(secondsAfterFault[0]).toBeGreaterThanOrEqual(5);
    expect(secondsAfterFault[0]).toBeLessThanOrEqual(8);
    expect(secondsAfterFault[0]! - secondsAfterFault[1]!).toBeLessThanOrEqual(2);
    expect(stage.changes).toEqual(['revoke', 'authorize']);
  });

  it('is invalid, not failed, where its own load stood still', async () => {
    const { options } = await prepare({ lateIterations: 140, silentAlarm: true });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toMatch(/^the drill's own load: 140 of \d+ iterations started late/);
  });

  it('does not pass where its load left no record', async () => {
    const { options } = await prepare({ loadLeavesNoRecord: true });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toBe("the drill's own load left no record");
  });

  it('does not pass where its load found no room, and fails all the same where the system did', async () => {
    const dropping = await prepare({ droppedIterations: 140 });
    const dropped = await runDrill(dropping.options);
    expect(dropped).toMatchObject({ verdict: 'invalid' });
    expect(dropped.reason).toMatch(
      /^the drill's own load: 140 of \d+ iterations were dropped: the intended load was not offered$/,
    );
    const failing = await prepare({ droppedIterations: 140, silentAlarm: true });
    expect(await runDrill(failing.options)).toMatchObject({ verdict: 'failed' });
  });

  it('fails on a 200 with a wrong body, and restores at once', async () => {
    const { stage, options } = await prepare({ wrongBodies: true });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'failed', restored: true });
    expect(result.reason).toContain('wrong body');
    expect(stage.ruleExists).toBe(true);
  });

  it('fails when nobody is told', async () => {
    const { options } = await prepare({ silentAlarm: true });
    const result = await runDrill(options);
    expect(result.verdict).toBe('failed');
    expect(result.reason).toContain('errorRate alarm reaches ALARM: did not happen');
  });

  it('fails when the page never gets out, whatever the metric alarms say', async () => {
    const { options } = await prepare({ page: 'held back' });
    const result = await runDrill(options);
    expect(result.verdict).toBe('failed');
    expect(result.reason).toContain('on-call is paged: did not happen');
  });

  it('passes where the page of the whole fleet tells of it', async () => {
    const { options } = await prepare({ page: 'by the fleet' }, { scope: { stageSystems: 1, share: null } });
    const { verdict, expectations } = await runDrill(options);
    expect(verdict).toBe('passed');
    expect(expectations.find(({ id }) => id === 'paged')).toMatchObject({ outcome: 'met' });
  });

  it('fails when a message is lost', async () => {
    const { options } = await prepare({ loseMessage: 40 });
    const result = await runDrill(options);
    expect(result.verdict).toBe('failed');
    expect(result.messages).toMatchObject([{ lost: 1, examples: { lost: [expect.any(Number)] } }]);
  });

  it('fails when a client is stored twice', async () => {
    const { options } = await prepare({ storeTwice: 40 });
    const result = await runDrill(options);
    expect(result.verdict).toBe('failed');
    expect(result.messages).toMatchObject([{ lost: 0, duplicated: 1 }]);
  });

  it('counts a dead-lettered message as kept', async () => {
    const { options } = await prepare({ deadLetterMessage: 40 });
    const result = await runDrill(options);
    expect(result.verdict).toBe('passed');
    expect(result.messages).toMatchObject([{ lost: 0, deadLettered: 1 }]);
  });

  it('restores and stops when it is interrupted while the fault lasts', async () => {
    const { stage, options, interruption } = await prepare();
    interruptWhen(stage, interruption, () => stage.changes.length > 0);
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'interrupted', restored: true });
    expect(result.timeline.at(-1)?.step).toBe('restore');
    expect(stage.ruleExists).toBe(true);
    expect(stage.loadRunning).toBe(false);
    const entries = await journalIn(options.directory);
    expect(outstandingIntents(entries)).toEqual([]);
  });

  it('touches nothing when it is interrupted before the fault', async () => {
    const { stage, options, interruption } = await prepare();
    interruption.abort();
    expect(await runDrill(options)).toMatchObject({ verdict: 'interrupted', restored: null });
    expect(stage.changes).toEqual([]);
  });

  it('restores when the load breaks down under it', async () => {
    const { stage, options } = await prepare({ loadEndsAfterSeconds: 20 });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toContain('the background load ended by itself');
    expect(result.timeline.at(-1)?.step).toBe('restore');
    expect(stage.ruleExists).toBe(true);
  });

  it('tries to restore again until it succeeds', async () => {
    const { stage, options } = await prepare({ authorizeFailures: 3 });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'passed', restored: true });
    expect(stage.changes).toEqual(['revoke', 'authorize', 'authorize', 'authorize', 'authorize']);
  });

  it('says so when it cannot restore, and leaves it to the journal', async () => {
    const { options } = await prepare({ authorizeFailures: Infinity });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'failed', restored: false });
    expect(result.reason).toContain('headroom chaos restore');
    const entries = await journalIn(options.directory);
    expect(outstandingIntents(entries)).toHaveLength(1);
  });

  it('does not begin without a steady state', async () => {
    const { stage, options } = await prepare({ failingBefore: true });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: null });
    expect(result.reason).toContain('right answers before the fault');
    expect(stage.changes).toEqual([]);
  });

  it('does not revoke when the journal cannot be written', async () => {
    const { stage, options } = await prepare();
    const directory = join(options.directory, 'a file');
    await writeFile(directory, '');
    await expect(runDrill({ ...options, directory })).rejects.toMatchObject({ name: 'FileWriteError' });
    expect(stage.changes).toEqual([]);
  });
});

describe.concurrent('poison-messages', () => {
  const drill = drillNamed('poison-messages');

  it('passes a system that gives poison up at once, and leaves the dead letters as they were', async () => {
    const { stage, options } = await prepare({ othersDeadLetter: '{"id":17}' }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'passed', restored: true });
    expect(result.messages).toMatchObject([
      { lost: 0, deadLettered: 0, poison: { published: 8, deadLettered: 8, stored: 0, left: 0 } },
    ]);
    expect(stage.deadLetters).toEqual(['{"id":17}']);
    expect([stage.changes, stage.armed]).toEqual([[], 0]);
    const entries = await journalIn(options.directory);
    expect(outstandingIntents(entries)).toEqual([]);
  });

  it.each([
    ['retried', 'failed', 'they may still arrive'],
    ['lost', 'failed', 'in the dead-letter queue, with its reason: did not happen'],
    ['unexplained', 'failed', 'in the dead-letter queue, with its reason: did not happen'],
    ['twice', 'failed', 'dead letters beyond the poison, once each: 8'],
    ['never told', 'failed', 'deadLetters alarm reaches ALARM: did not happen'],
    ['good one beside it retried', 'failed', 'good messages published with the poison are stored'],
    ['stored', 'invalid', 'stored as if they were good: 6'],
  ] as const)('does not pass a system whose poison is %s', async (poison, verdict, reason) => {
    const { options } = await prepare({ poison }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict, reason: expect.stringContaining(reason) });
  });

  /** Without the name of its API: what is known of its dead letters does not depend on that. */
  const nameless = ({ systems }: Pick<DrillOptions, 'systems'>): PublishedDocument => {
    const { name: _name, ...api } = systems[0]!.api;
    return { ...systems[0]!, adopted: true, api, healthcheckUrl: `${api.url}/health` };
  };

  it.each([
    [undefined, 'passed', 'every expectation was met'],
    ['never told', 'failed', 'deadLetters alarm reaches ALARM: did not happen'],
  ] as const)(
    'asks whether on-call is told by the alarms of messages alone: %s',
    async (poison, verdict, reason) => {
      const { options } = await prepare(poison === undefined ? {} : { poison }, { drill });
      const result = await runDrill({ ...options, systems: [nameless(options)] });
      expect(result).toMatchObject({ verdict, reason: expect.stringContaining(reason) });
      expect(result.expectations.map(({ id }) => id)).toEqual(expect.arrayContaining(['alarm', 'paged']));
      expect(result.unasked).toBeUndefined();
    },
  );

  it('refuses a system where nobody could say what became of its messages, nor remove them', async () => {
    const { stage, options } = await prepare({}, { drill });
    const document = nameless(options);
    const { adminSecretArn: _admin, ...cluster } = document.cluster!;
    await expect(runDrill({ ...options, systems: [{ ...document, cluster }] })).rejects.toThrow(
      'system-01 has no adopt.database.secrets.admin, which poison-messages needs',
    );
    expect([stage.stored.size, stage.deadLetters]).toEqual([0, []]);
  });

  it('is invalid where no poison is published', async () => {
    const { options } = await prepare({}, { drill: { ...drill, faults: [noop] } });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid' });
    expect(result.reason).toContain('poison messages published: 0');
  });

  it('takes its dead letters away when it is interrupted', async () => {
    const { stage, options, interruption } = await prepare({ othersDeadLetter: 'no JSON' }, { drill });
    interruptWhen(stage, interruption, () => stage.deadLetters.length > 1);
    expect(await runDrill(options)).toMatchObject({ verdict: 'interrupted', restored: true });
    expect(stage.deadLetters).toEqual(['no JSON']);
  });
});

describe.concurrent('throttle-api', () => {
  const drill = drillNamed('throttle-api');

  it('passes an API that refuses quickly what is too much, and gives it its room back', async () => {
    const { stage, options } = await prepare({}, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'passed', restored: true });
    expect(stage.methodSettings).toEqual({});
    expect(result.expectations.find(({ id }) => id === 'refusedShare')?.measured).toBeCloseTo(50, 0);
    const entries = await journalIn(options.directory);
    expect(entries.find((entry) => entry.kind === 'intent')).toMatchObject({
      fault: 'throttle-stage',
      inverse: { restApiId: 'system-01', stageName: 'test', method: busiest },
      schedule: expect.stringMatching(/:schedule\/default\/test-system-01-restore-/),
    });
    expect(outstandingIntents(entries)).toEqual([]);
    expect([stage.armed, stage.schedules.size]).toEqual([1, 0]);
  });

  it.each([
    ['nothing', 'invalid', 'first answer after the throttle that is not right: did not happen'],
    ['refuses everything', 'failed', 'right answers among the answers'],
    ['refuses slowly', 'failed', 'p99 of the 429s'],
    ['fails', 'failed', 'neither right nor a 429'],
    ['answers wrongly', 'failed', 'neither right nor a 429'],
    ['connects', 'failed', 'connections beyond those before the throttle: 17'],
  ] as const)('does not pass an API that, throttled, %s', async (throttled, verdict, reason) => {
    const { stage, options } = await prepare({ throttled }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict, restored: true, reason: expect.stringContaining(reason) });
    expect(stage.methodSettings).toEqual({});
  });

  it('is invalid where somebody else takes the throttle away meanwhile', async () => {
    const { options } = await prepare({ undoneByOthersAfterMs: 20_000 }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toContain("has no throttle and not the drill's of 5");
  });

  it('gives the room back when it is interrupted', async () => {
    const { stage, options, interruption } = await prepare({}, { drill });
    interruptWhen(stage, interruption, () => Object.keys(stage.methodSettings).length > 0);
    expect(await runDrill(options)).toMatchObject({ verdict: 'interrupted', restored: true });
    expect(stage.methodSettings).toEqual({});
  });

  it('throttles the stage that an adopted system names, and is refused where it names none', async () => {
    const { stage, options } = await prepare({}, { drill });
    const [document] = options.systems;
    const { stage: _stage, ...api } = { ...document!.api, url: 'https://clients.example' };
    const legacy: PublishedDocument = { ...document!, adopted: true, api };
    await expect(runDrill({ ...options, systems: [legacy] })).rejects.toThrow(
      'system-01 has no adopt.apiStage, which throttle-stage needs',
    );
    expect(stage.methodSettings).toEqual({});
    await runDrill({ ...options, systems: [{ ...legacy, api: { ...api, stage: 'live' } }] }).catch(
      () => undefined,
    );
    const entries = await journalIn(options.directory);
    expect(entries.find((entry) => entry.kind === 'intent')).toMatchObject({
      inverse: { stageName: 'live' },
    });
  });

  it('leaves settings alone that it did not make', async () => {
    const { stage, options } = await prepare({ methodSettingsBefore: true }, { drill });
    await expect(runDrill(options)).rejects.toThrow(
      new RegExp(`${busiest}.* has settings of its own.*chaos restore`),
    );
    expect(stage.methodSettings).toEqual({ [busiest]: {} });
  });
});

describe.concurrent('restart-database', () => {
  const drill = drillNamed('restart-database');

  it('passes a service whose connections come back one by one', async () => {
    const { stage, options } = await prepare({}, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'passed', restored: true });
    expect([stage.reboots, stage.changes, stage.armed]).toEqual([1, [], 0]);
    const found = (id: string) => result.expectations.find((expectation) => expectation.id === id);
    // Back after 40 s, looked at each second; twelve connections, 0.7 s apart.
    expect(found('databaseBack')!.measured).toBeGreaterThanOrEqual(39_000);
    expect(found('databaseBack')!.measured).toBeLessThan(43_000);
    expect(found('openings')).toMatchObject({ measured: 2, limit: 7, outcome: 'met' });
    expect(found('paged')).toMatchObject({ outcome: 'met' });
    // It heals by itself: nothing stands in the journal to be undone.
    const entries = await journalIn(options.directory);
    expect(outstandingIntents(entries)).toEqual([]);
    expect(entries.find((entry) => entry.kind === 'intent')).toMatchObject({
      fault: 'reboot-cluster',
      inverse: null,
      schedule: null,
    });
  });

  it('fails a service that storms back', async () => {
    const { options } = await prepare({ restarted: 'storms back' }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'failed', restored: true });
    expect(result.reason).toContain('connections opened within a second: 12, expected <= 7');
  });

  it('fails a service that does not say 503', async () => {
    const { options } = await prepare({ restarted: 'fails with 500s' }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.reason).toContain('503s (or their equivalent) among the answers that are not right: 0 %');
  });

  it('fails, and says what to do, where the cluster does not come back in time', async () => {
    const { options } = await prepare({ restarted: 'never comes back' }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'failed', restored: true });
    expect(result.reason).toContain(
      'the database is back: did not happen, expected <= 150.0 s: there is nothing to undo',
    );
    expect(result.reason).toContain('describe-clusters');
  });

  it('expects nobody to be told of an outage that is over before the alarm could', async () => {
    const { options } = await prepare({ restartLastsMs: 20_000, silentAlarm: true }, { drill });
    const result = await runDrill(options);
    expect(result.expectations.some(({ id }) => id === 'paged' || id === 'alarm')).toBe(false);
    expect(result.expectations.find(({ id }) => id === 'openings')).toMatchObject({ outcome: 'met' });
  });

  it('proves nothing where nobody saw the database away', async () => {
    const { options } = await prepare({ restarted: 'unseen' }, { drill });
    const result = await runDrill(options);
    expect(result).toMatchObject({ verdict: 'invalid', restored: true });
    expect(result.reason).toContain('system-01: the database is seen away: did not happen');
  });

  it.each([
    [
      5,
      'invalid',
      'messages neither stored nor dead-lettered: not checked, since it lacks adopt.database.secrets.admin',
    ],
    [0, 'passed', 'every expectation that was asked was met'],
  ] as const)(
    'sees by AWS alone whether a database is back that it may not ask: %s messages a second',
    async (messagesPerSecond, verdict, reason) => {
      const { stage, options } = await prepare({}, { drill });
      const [document] = options.systems;
      const { adminSecretArn: _admin, ...cluster } = document!.cluster!;
      const expectedPeak = { ...document!.expectedPeak, messagesPerSecond };
      const result = await runDrill({
        ...options,
        systems: [
          { ...document!, adopted: true, cluster, expectedPeak, healthcheckUrl: 'http://127.0.0.1/health' },
        ],
      });
      expect(result).toMatchObject({ verdict, reason: expect.stringContaining(reason) });
      expect(stage.reboots).toBe(1);
      expect(result.expectations.find(({ id }) => id === 'databaseBack')).toMatchObject({ outcome: 'met' });
      expect(result.unasked?.flatMap(({ titles }) => titles)).toEqual(
        expect.arrayContaining([
          'growth of the queue',
          'connections opened within a second',
          'connections after the restore',
        ]),
      );
    },
  );

  it.each(['rds-postgresql', 'aurora-postgresql'] as const)(
    'restarts a system over %s, and names what nobody can ask of it',
    async (engine) => {
      const { stage, options } = await prepare({}, { drill });
      const [document] = options.systems;
      const { identifier, connectionLimit } = document!.cluster!;
      const legacy: PublishedDocument = {
        ...document!,
        adopted: true,
        cluster: { engine, identifier, connectionLimit },
        healthcheckUrl: 'http://127.0.0.1/health',
        expectedPeak: { requestsPerSecond: 20, messagesPerSecond: 0 },
      };
      const result = await runDrill({ ...options, systems: [legacy] });
      expect(result).toMatchObject({ verdict: 'passed', restored: true });
      expect(stage.reboots).toBe(1);
      const met = result.expectations.filter(({ outcome }) => outcome === 'met').map(({ id }) => id);
      expect(met).toEqual(expect.arrayContaining(['databaseAway', 'databaseBack', 'paged', 'allGoodAgain']));
      expect(result.unasked).toContainEqual({
        system: 'system-01',
        lacks: expect.stringContaining(`adopt.database.secrets.admin (none with ${engine})`),
        titles: expect.arrayContaining(['connections opened within a second']),
      });
      const entries = await journalIn(options.directory);
      expect(entries.find((entry) => entry.kind === 'intent')).toMatchObject({ inverse: null });
    },
  );

  it('is refused by a cluster that is not available', async () => {
    const { stage, options } = await prepare({ clusterPaused: true }, { drill });
    await expect(runDrill(options)).rejects.toThrow('test-system-01-items is paused');
    expect(stage.reboots).toBe(0);
  });
});

describe.concurrent('guards', () => {
  it.each([
    ['an alarm that fires', { alarmBefore: 'ALARM' }, {}, /already in ALARM: test-system-01-errorRate/],
    ['a page that is missing', { alarmBefore: 'absent' }, {}, /no alarm test-system-01-page/],
    [
      'a page that notifies nobody',
      { alarmBefore: 'mute' },
      {},
      /test-system-01-page, .*pageMessages would notify nobody/,
    ],
    ['a rule that is missing', { ruleAbsent: true }, {}, /headroom chaos restore/],
    [
      'production named once',
      {},
      { production: true },
      /for stage "test" name the stage again with --confirm-prod/,
    ],
    [
      'production named otherwise',
      {},
      { production: true, confirmProd: 'yes' },
      /name the stage again with --confirm-prod/,
    ],
    ['no system', {}, { systems: [] }, /at least one system/],
  ] as const)('refuse %s', async (_, script, overrides, message) => {
    const { stage, options } = await prepare(script, overrides);
    await expect(runDrill(options)).rejects.toMatchObject({
      name: 'DrillRefusedError',
      message: expect.stringMatching(message),
    });
    expect(stage.changes).toEqual([]);
    await expect(readFile(join(options.directory, journalFileName))).rejects.toThrow('ENOENT');
  });

  it('wait for alarms where they are asked to, and say for which', async () => {
    const script = { alarmBefore: 'ALARM', quietAfterMs: 45_000 } as const;
    const { options, progress } = await prepare(script, { wait: true });
    const result = await runDrill(options);
    expect(result.verdict).toBe('passed');
    expect(progress.filter((line) => line.startsWith('waiting'))).toEqual([
      'waiting for OK: test-system-01-errorRate',
    ]);
    expect(Date.parse(result.timeline[0]!.start) % 86_400_000).toBeGreaterThanOrEqual(45_000);
  });

  it('do not wait for ever', async () => {
    const { stage, options } = await prepare({ alarmBefore: 'ALARM' }, { wait: true });
    await expect(runDrill(options)).rejects.toThrow(/still in ALARM after 300 s: test-system-01-errorRate/);
    expect(stage.changes).toEqual([]);
  });

  it('refuse a drill that does not exist, naming those that do', () => {
    expect(() => drillNamed('meteor')).toThrow(UnknownDrillError);
    expect(() => drillNamed('meteor')).toThrow(
      'expected one of: revoke-db-ingress, restart-database, poison-messages, throttle-api',
    );
  });
});
