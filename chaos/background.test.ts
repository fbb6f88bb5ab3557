import { SNSClient } from '@aws-sdk/client-sns';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installFakeK6 } from '../loadtests/runner/testing/fakeK6.ts';
import { clientOf } from '../service/load/clients.ts';
import { runFileSchema } from '../records/run.ts';
import { systemClock } from '../core/clock.ts';
import { startBackground, type Background } from './background.ts';
import { isGood, isWrong, noObservations, type Observations } from './observations.ts';
import { testDocument } from './testing/systemDocuments.ts';
import { idAsked } from '../service/testing/asking.ts';
import { service } from '../service/testing/service.ts';

let server: Server;
let directory: string;
let observations: Observations;
let statusNow: number;
let bodyOf: (id: number) => object;
beforeEach(async () => {
  statusNow = 200;
  bodyOf = clientOf;
  server = createServer((request, response) => {
    const id = Number(idAsked(request.url ?? ''));
    response.writeHead(statusNow, { 'content-type': 'application/json' }).end(JSON.stringify(bodyOf(id)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const document = testDocument('system-01');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`;
  observations = noObservations({ ...document, api: { ...document.api, url } });
  directory = await mkdtemp(join(tmpdir(), 'headroom-background-'));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

function start(durationMs: number, engine?: 'k6'): Background {
  const sns = Object.assign(new SNSClient({ region: 'us-east-1' }), {
    send: async ({ input }: { input: { PublishBatchRequestEntries?: { Id: string }[] } }) => ({
      Successful: input.PublishBatchRequestEntries,
    }),
  });
  return startBackground({
    stage: 'test',
    place: 'local',
    service,
    systems: [observations.document],
    observations: [observations],
    sns,
    load: {
      ...(engine ? { engine } : {}),
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      configurationHash: 'test',
      commit: null,
    },
    durationMs,
    directory,
    drillId: 'drill',
    firstId: 5_000_000_000,
    clock: systemClock,
    onProgress: () => undefined,
  });
}

describe('startBackground', () => {
  it('tells good answers, wrong bodies and errors apart as they come, and ends when told', async () => {
    const background = start(60_000);
    const until = (predicate: (answer: Observations['answers'][number]) => boolean) =>
      vi.waitFor(() => expect(observations.answers.some(predicate)).toBe(true), 10_000);
    await until(isGood);
    bodyOf = () => clientOf(1);
    await until(isWrong);
    statusNow = 503;
    await until(({ status }) => status === 503);
    await background.stop();
    expect(background.trouble.aborted).toBe(false);
    expect(background.publisher.acknowledged('system-01').size).toBeGreaterThan(0);
    const file = await readFile(join(directory, 'drill-load', 'run.json'), 'utf8');
    const run = runFileSchema.parse(JSON.parse(file));
    expect(run).toMatchObject({ complete: false, reason: expect.stringContaining('the drill is over') });
  });

  it('sees the answers of k6 as they come, too', async () => {
    await installFakeK6(directory, 'slow');
    vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter));
    const background = start(60_000, 'k6');
    await vi.waitFor(() => expect(observations.answers.length).toBeGreaterThan(5), 10_000);
    expect(observations.answers.every(isGood)).toBe(true);
    expect(await background.stop()).toMatchObject({ engine: { name: 'k6' }, complete: false });
    vi.unstubAllEnvs();
  });

  it('says so when the load ends by itself', async () => {
    const background = start(0);
    await vi.waitFor(() => expect(background.trouble.aborted).toBe(true), 10_000);
    expect(background.trouble.reason).toMatchObject({ message: expect.any(String) });
    await background.stop();
  });
});
