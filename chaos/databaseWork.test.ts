import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../service/clock.ts';
import { noEvidence } from './evidence.ts';
import { endSessions } from './faults/endSessions.ts';
import type { DrillClients } from './faults/fault.ts';
import { observerOf } from './observers/index.ts';
import type { Observable } from './observers/observer.ts';
import type { Publisher } from './publisher.ts';
import { startDatabaseStage } from './testing/databaseStage.ts';
import { scaledClock } from './testing/scaledClock.ts';
import { ScriptedStage } from './testing/scriptedStage.ts';

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
const inject = (): Promise<void> =>
  endSessions.inject(endSessions.plan(stage.system).arguments, { clients, clock: systemClock, signal });

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
    const clock = scaledClock(200);
    const open = new ScriptedStage(clock);
    const { arguments: planned } = endSessions.plan(open.document);
    await expect(endSessions.inject(planned, { clients: open.clients, clock, signal })).rejects.toMatchObject(
      { name: 'FaultNotAppliedError', message: expect.stringContaining('still has 3 sessions') },
    );
  });
});

describe('observers', () => {
  const firstId = 3_000_000_000;
  const published = new Set([0, 1, 2, 3].map((index) => firstId + index));
  const publisher: Publisher = {
    acknowledged: () => published,
    unresolved: () => 0,
    stop: () => Promise.resolve(),
  };
  const look = async (...observables: Observable[]) => {
    const evidence = noEvidence(stage.system);
    const context = { stage: 'test', evidence: [evidence], clients, clock: systemClock, publisher, firstId };
    for (const observable of observables) await observerOf(observable, context)(signal);
    return evidence;
  };
  const send = (url: string, body: object) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(body) }));

  beforeEach(async () => {
    await stage.admin.query('DELETE FROM clientes');
  });

  it('count sessions of the service alone', async () => {
    const sessions = [await stage.connect('system_01_api'), await stage.connect('system_01_probe')];
    const evidence = await look('sessions');
    expect(evidence.sessions.map(({ value }) => value)).toEqual([1]);
    await Promise.all(sessions.map((session) => session.end()));
  });

  it('find every message: stored, dead-lettered by the subscriber or by SNS, twice or nowhere', async () => {
    const [stored, gaveUp, unsent, lost] = [...published];
    await stage.admin.query('INSERT INTO clientes (id) VALUES ($1), ($1), ($2)', [stored, 17]);
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

  it('wait for the queue before they count', async () => {
    await send(stage.system.queues.customers.url, { id: firstId });
    const evidence = await look('queues', 'messages');
    expect(evidence.queued.map(({ value }) => value)).toEqual([1]);
    expect(evidence.reconciliations).toEqual([]);
  });

  it('count again once the queue is empty: what was still in it may have been stored twice', async () => {
    for (const id of published) await stage.admin.query('INSERT INTO clientes (id) VALUES ($1)', [id]);
    const { url } = stage.system.queues.customers;
    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await send(url, { id: firstId });
    const evidence = noEvidence(stage.system);
    const context = { stage: 'test', evidence: [evidence], clients, clock: systemClock, publisher, firstId };
    const observers = [observerOf('queues', context), observerOf('messages', context)];
    const lookAgain = async (): Promise<void> => {
      for (const observe of observers) await observe(signal);
    };
    while (evidence.reconciliations.length === 0) await lookAgain();
    expect(evidence.reconciliations.at(-1)?.value).toMatchObject({ lost: 0, duplicated: 0 });

    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await stage.admin.query('INSERT INTO clientes (id) VALUES ($1)', [firstId]);
    await lookAgain();
    expect(evidence.reconciliations.at(-1)?.value).toMatchObject({ lost: 0, duplicated: 1 });
  });
});
