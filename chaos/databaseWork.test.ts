import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { noObservations } from './observations.ts';
import { endSessions } from './faults/endSessions.ts';
import type { DrillClients } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import { observerOf } from './observers/index.ts';
import type { Observable } from './observers/observer.ts';
import { poisonRounds } from './poison.ts';
import type { Publisher } from './publisher.ts';
import { startDatabaseStage } from './testing/databaseStage.ts';
import { ScriptedStage } from './testing/scriptedStage.ts';
import { SelfMovingClock } from './testing/selfMovingClock.ts';
import { service } from '../service/testing/service.ts';
import type { Poison } from '../fleet/serviceLoad.ts';

let stage: Awaited<ReturnType<typeof startDatabaseStage>>;
let clients: DrillClients;
beforeAll(async () => {
  stage = await startDatabaseStage();
  clients = stage.clients as DrillClients;
});
afterAll(() => stage.stop());

const signal = new AbortController().signal;
const ended = async (session: Client): Promise<boolean> =>
  session.query('SELECT 1').then(
    () => false,
    () => true,
  );
const identity: DrillIdentity = {
  drillId: 'poison-messages-20260101T000000Z',
  firstId: 3_000_000_000,
  service,
};
const published = new Set([0, 1, 2, 3].map((index) => identity.firstId + index));
const publisher: Publisher = {
  acknowledged: () => published,
  unresolved: () => 0,
  slipIn: () => Promise.resolve(),
  slippedIn: () => [],
  stop: () => Promise.resolve(),
};
const inject = (): Promise<void> =>
  endSessions.inject(endSessions.plan(stage.system, identity).arguments, {
    clients,
    clock: systemClock,
    publisher,
    signal,
    note: () => Promise.resolve(),
  });

describe('endSessions', () => {
  it("ends the sessions of the API's and the subscriber's users, and no other", async () => {
    const api = await stage.connect('system_01_api');
    const subscriber = await stage.connect('system_01_subscriber');
    const probe = await stage.connect('system_01_probe');
    await inject();
    expect(await Promise.all([api, subscriber, probe, stage.admin].map(ended))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await probe.end();
  });

  it('goes on until none comes back', async () => {
    const first = await stage.connect('system_01_api');
    // A function that connects again at once, twice: the change of the security group takes a moment.
    const later: Client[] = [];
    let returns = 2;
    first.on('end', function comeBack() {
      if (returns === 0) return;
      returns -= 1;
      void stage.connect('system_01_api').then((session) => {
        later.push(session);
        session.on('end', comeBack);
      });
    });
    await inject();
    expect(returns).toBe(0);
    expect(await Promise.all([first, ...later].map(ended))).toEqual([true, true, true]);
  });

  it('says so when sessions keep coming back', async () => {
    const clock = new SelfMovingClock();
    const open = new ScriptedStage(clock);
    const { arguments: planned } = endSessions.plan(open.document, identity);
    await expect(
      endSessions.inject(planned, {
        clients: open.clients,
        clock,
        publisher,
        signal,
        note: () => Promise.resolve(),
      }),
    ).rejects.toMatchObject({
      name: 'FaultNotAppliedError',
      message: expect.stringContaining('still has 3 sessions'),
    });
  });
});

describe('observers', () => {
  const { firstId } = identity;
  const look = async (...observables: Observable[]) => {
    const observations = noObservations(stage.system);
    const context = {
      stage: 'test',
      scope: { stageSystems: 1, share: null },
      observations: [observations],
      clients,
      clock: systemClock,
      publisher,
      ...identity,
    };
    for (const observable of observables) await observerOf(observable, context)(signal);
    return observations;
  };
  const send = (url: string, body: object) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(body) }));

  beforeEach(async () => {
    await stage.admin.query(`DELETE FROM ${stage.table}`);
  });

  it('tell of the connections that the service opened since the fault, each once', async () => {
    const before = await stage.connect('system_01_api');
    const observations = noObservations(stage.system);
    const observe = observerOf('database', {
      stage: 'test',
      scope: { stageSystems: 1, share: null },
      observations: [observations],
      clients,
      clock: { ...systemClock, now: () => Math.ceil(Date.now()) + 1 },
      publisher,
      ...identity,
    });
    // Past the moment that the clock above told, however early a timer fires.
    await systemClock.sleep(5);
    const sessions = [await stage.connect('system_01_subscriber'), await stage.connect('system_01_probe')];
    await observe(signal);
    sessions.push(await stage.connect('system_01_api'));
    await observe(signal);
    expect(observations.openings).toHaveLength(2);
    const [first, second] = observations.openings;
    expect(second!.atMs).toBeGreaterThanOrEqual(first!.atMs);
    expect(Math.abs(second!.atMs - Date.now())).toBeLessThan(60_000);
    await Promise.all([before, ...sessions].map((session) => session.end()));
  });

  it('count sessions of the service alone', async () => {
    const sessions = [await stage.connect('system_01_api'), await stage.connect('system_01_probe')];
    const observations = await look('sessions');
    expect(observations.sessions.map(({ value }) => value)).toEqual([1]);
    await Promise.all(sessions.map((session) => session.end()));
  });

  it('find every message: stored, dead-lettered by the subscriber or by SNS, twice or nowhere', async () => {
    const [stored, gaveUp, unsent, lost] = [...published];
    await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1), ($1), ($2)`, [stored, 17]);
    await send(stage.system.queues.deadLetter.url, { id: gaveUp });
    await send(stage.system.queues.undelivered.url, { Message: JSON.stringify({ id: unsent }) });
    const expected = {
      published: 4,
      stored: 1,
      deadLettered: 2,
      lost: 1,
      duplicated: 1,
      examples: { lost: [lost], duplicated: [stored] },
    };
    const first = await look('queues', 'messages');
    expect(first.queued.map(({ value }) => value)).toEqual([0]);
    expect(first.reconciliations.map(({ value }) => value)).toEqual([expected]);
    // The dead letters were given back: somebody has to look into them.
    const second = await look('queues', 'messages');
    expect(second.reconciliations.map(({ value }) => value)).toEqual([expected]);
  });

  it('follow poison to the dead letters, each with its reason, and the good messages beside it', async () => {
    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: stage.system.queues.deadLetter.url }));
    const [first, second, ...rest] = poisonRounds(identity).flat();
    const observations = noObservations(stage.system);
    const slippedIn = [first!, second!, ...rest].map(({ body }) => body);
    const context = {
      stage: 'test',
      scope: { stageSystems: 1, share: null },
      observations: [observations],
      clients,
      clock: systemClock,
      ...identity,
      publisher: { ...publisher, slippedIn: () => slippedIn },
    };
    const observers = [observerOf('poison', context), observerOf('deadLetters', context)];
    const lookAgain = async () => {
      for (const observe of observers) await observe(signal);
      return observations.poison.at(-1)?.value;
    };
    const giveUp = async ({ body, reason }: Poison, toldReason = reason) =>
      clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: stage.system.queues.deadLetter.url,
          MessageBody: body,
          MessageAttributes: { reason: { DataType: 'String', StringValue: toldReason } },
        }),
      );
    const [one, ...others] = published;
    await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1)`, [one]);
    await giveUp(first!);
    await giveUp(second!, 'messageInvalid');
    await giveUp({ body: 'of somebody else', reason: 'messageNotJson' });
    const seen = { published: 8, deadLettered: 2, explained: 1, companionsLeft: 3 };
    expect(await lookAgain()).toEqual(seen);
    expect(observations.deadLetters.at(-1)?.value).toBe(3);

    await Promise.all([second!, ...rest].map((poison) => giveUp(poison)));
    for (const id of others) await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1)`, [id]);
    expect(await lookAgain()).toEqual({ published: 8, deadLettered: 8, explained: 8, companionsLeft: 0 });
    expect(observations.poisonStored.at(-1)?.value).toBe(0);
    const { id } = JSON.parse(rest[0]!.body) as { id: number };
    await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1)`, [id]);
    await lookAgain();
    expect(observations.poisonStored.at(-1)?.value).toBe(1);
    await observerOf('poisonLeft', context)(signal);
    expect(observations.poisonLeft.at(-1)?.value).toBe(9);
  });

  it('wait for the queue before they count', async () => {
    await send(stage.system.queues.subscriber.url, { id: firstId });
    const observations = await look('queues', 'messages');
    expect(observations.queued.map(({ value }) => value)).toEqual([1]);
    expect(observations.reconciliations).toEqual([]);
  });

  it('count again once the queue is empty: what was still in it may have been stored twice', async () => {
    for (const id of published) await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1)`, [id]);
    const { url } = stage.system.queues.subscriber;
    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await send(url, { id: firstId });
    const observations = noObservations(stage.system);
    const context = {
      stage: 'test',
      scope: { stageSystems: 1, share: null },
      observations: [observations],
      clients,
      clock: systemClock,
      publisher,
      ...identity,
    };
    const observers = [observerOf('queues', context), observerOf('messages', context)];
    const lookAgain = async (): Promise<void> => {
      for (const observe of observers) await observe(signal);
    };
    while (observations.reconciliations.length === 0) await lookAgain();
    expect(observations.reconciliations.at(-1)?.value).toMatchObject({ lost: 0, duplicated: 0 });

    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await stage.admin.query(`INSERT INTO ${stage.table} (id) VALUES ($1)`, [firstId]);
    await lookAgain();
    expect(observations.reconciliations.at(-1)?.value).toMatchObject({ lost: 0, duplicated: 1 });
  });

  // The last: its database is away from then on.
  it('tell whether the database is there', async () => {
    expect((await look('database')).database.map(({ value }) => value)).toEqual(['answers']);
    stage.reboot();
    expect((await look('database')).database.map(({ value }) => value)).toEqual(['away']);
  });
});
