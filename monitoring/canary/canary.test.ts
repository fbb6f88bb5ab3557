import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { StageNotFoundError, SystemDocumentError } from '../../fleet/errors.ts';
import { limits } from '../limits.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { createCanary } from './canary.ts';
import type { Health } from './checkHealth.ts';
import { answers, startHostileServer, type AnswerName, type HostileServer } from './testing/hostileServer.ts';

const deadlineMs = 600;
let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.stop());

/** One tick; what it found, when, and what it said in the end. */
async function tick(
  configured: readonly string[],
  documents: readonly PublishedDocument[] | Error,
  withinMs = deadlineMs,
  unreadable: readonly SystemDocumentError[] = [],
) {
  const found = new Map<string, { health: Health; afterMs: number }>();
  let whole: { unhealthySystems: readonly string[]; total: number } | undefined;
  const startMs = performance.now();
  const canary = createCanary({
    discover: async () => {
      if (documents instanceof Error) throw documents;
      return { systems: [...documents], unreadable: [...unreadable] };
    },
    headersFor: async () => ({}),
    clock: systemClock,
    bounds: { deadlineMs: withinMs, maximumBodyBytes: 4_096 },
    healthPath: '/healthcheck',
    output: {
      system: (system, health) => found.set(system, { health, afterMs: performance.now() - startMs }),
      fleet: (unhealthySystems, total) => (whole = { unhealthySystems, total }),
    },
  });
  await canary(configured, 0);
  return { found, whole: whole!, tookMs: performance.now() - startMs };
}

const names = Object.keys(answers) as AnswerName[];

describe('the canary', () => {
  it.each<[AnswerName, string]>([
    ['unavailable', 'status'],
    ['nothing', 'timeout'],
    ['slowBytes', 'timeout'],
    ['hugeBody', 'body'],
    ['hugeHeader', 'unreachable'],
    ['redirect', 'status'],
    ['wrongBody', 'body'],
    ['empty', 'body'],
    ['reset', 'unreachable'],
    ['brokenOff', 'unreachable'],
    ['garbage', 'unreachable'],
    ['switching', 'status'],
    ['interim', 'timeout'],
  ])('calls a system that answers with %s unhealthy: %s', async (name, reason) => {
    const { found, whole } = await tick(['odd'], [documentOf('odd', server.url(name))]);
    expect(found.get('odd')!.health).toMatchObject({ healthy: false, reason });
    expect(whole).toEqual({ unhealthySystems: ['odd'], total: 1 });
  });

  it('follows no redirect and asks once', async () => {
    const before = server.requests.length;
    await tick(
      ['odd', 'ill'],
      [documentOf('odd', server.url('redirect')), documentOf('ill', server.url('unavailable'))],
    );
    const asked = server.requests.slice(before).map(({ url }) => url);
    expect(new Set(asked)).toEqual(new Set(['/redirect/healthcheck', '/unavailable/healthcheck']));
    expect(asked).toHaveLength(2);
  });

  it('asks 200 systems at once: hanging and hostile ones keep nobody waiting', async () => {
    const systems = Array.from({ length: 200 }, (_, index) => `s${String(index).padStart(3, '0')}`);
    const answerOf = (index: number): AnswerName =>
      index % 2 === 0 ? 'well' : names[(index >> 1) % names.length]!;
    const { found, whole, tookMs } = await tick(
      systems,
      systems.map((system, index) => documentOf(system, server.url(answerOf(index)))),
      // A machine that others keep busy must still greet a hundred of them in time.
      limits.canary.deadlineMs,
    );
    const well = systems.filter((_, index) => answerOf(index) === 'well');
    expect([...found.values()].filter(({ health }) => health.healthy)).toHaveLength(well.length);
    expect(whole.unhealthySystems).toEqual(systems.filter((system) => !well.includes(system)));
    expect(whole.total).toBe(200);
    // All deadlines run side by side.
    expect(tookMs).toBeLessThan(3 * limits.canary.deadlineMs);
  });

  it('tells of each system before the slowest has answered', async () => {
    const { found } = await tick(
      ['well', 'hanging'],
      [documentOf('well', server.url('well')), documentOf('hanging', server.url('nothing'))],
      limits.canary.deadlineMs,
    );
    expect(found.get('well')!.health).toEqual({ healthy: true });
    expect(found.get('hanging')!.health).toMatchObject({ reason: 'timeout' });
    expect(found.get('well')!.afterMs).toBeLessThan(limits.canary.deadlineMs / 2);
    expect([...found.keys()]).toEqual(['well', 'hanging']);
  });

  it('asks an adopted system at its own address, where any body of a 200 is a good one', async () => {
    const adopted = (answer: AnswerName): PublishedDocument => ({
      ...documentOf('legacy', 'https://nowhere.example'),
      adopted: true,
      healthcheckUrl: server.url(answer),
    });
    const health = async (answer: AnswerName) =>
      (await tick(['legacy'], [adopted(answer)])).found.get('legacy')!.health;
    expect(await health('wrongBody')).toEqual({ healthy: true });
    expect(await health('unavailable')).toMatchObject({ healthy: false, reason: 'status' });
  });

  it('counts the configured systems, whatever is published', async () => {
    const { found, whole } = await tick(
      ['well', 'missing'],
      [documentOf('well', server.url('well')), documentOf('stranger', server.url('well'))],
    );
    expect([...found.keys()].sort()).toEqual(['missing', 'well']);
    expect(found.get('missing')!.health).toMatchObject({ reason: 'unpublished' });
    expect(whole).toEqual({ unhealthySystems: ['missing'], total: 2 });
    const nothing = await tick(['well'], new StageNotFoundError('qa', '/headroom/qa/'));
    expect(nothing.whole).toEqual({ unhealthySystems: ['well'], total: 1 });
  });

  it('looks at the others where one system’s document cannot be read', async () => {
    const { found, whole } = await tick(
      ['broken', 'well'],
      [documentOf('well', server.url('well'))],
      deadlineMs,
      [new SystemDocumentError('/headroom/qa/broken', 'not JSON')],
    );
    expect(found.get('broken')!.health).toMatchObject({
      reason: 'unpublished',
      detail: expect.stringContaining('/headroom/qa/broken: not JSON'),
    });
    expect(found.get('well')!.health).toEqual({ healthy: true });
    expect(whole).toEqual({ unhealthySystems: ['broken'], total: 2 });
  });

  it('is silent, and says why, when it cannot know where the systems are', async () => {
    await expect(tick(['well'], new Error('AccessDenied'))).rejects.toThrow('AccessDenied');
  });

  it('calls a refused connection and a URL that is none unreachable', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const { found } = await tick(
      ['gone', 'odd'],
      [documentOf('gone', `http://127.0.0.1:${port}`), documentOf('odd', 'not a URL')],
    );
    for (const { health } of found.values()) expect(health).toMatchObject({ reason: 'unreachable' });
  });
});
