import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startConsoleBench, type ConsoleBench } from './testing/consoleBench.ts';
import type { DashboardView, SeriesValues } from './wire.ts';

let bench: ConsoleBench;
beforeAll(async () => {
  bench = await startConsoleBench(2);
  bench.fill(4);
});
afterAll(() => bench.close());

/** Not fetch: it decides on Host, Origin and Sec-Fetch-* itself. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const outgoing = request(new URL(path, bench.console.url), { headers, method }).end();
  const [response] = (await once(outgoing, 'response')) as [
    NodeJS.ReadableStream & { statusCode: number; headers: IncomingHttpHeaders },
  ];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

describe('who is served', () => {
  const host = (): string => new URL(bench.console.url).host;

  it.each([
    ['another host name, which resolves to loopback', { host: 'attacker.example' }, 'Host'],
    ['a page of another origin', { origin: 'https://attacker.example' }, 'Origin'],
    [
      'a script of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      'other sites',
    ],
    [
      'another server of this machine',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      'other sites',
    ],
    [
      'a frame',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      'other sites',
    ],
  ])('not %s', async (_, headers, reason) => {
    for (const path of ['/', '/feed', '/api/dashboards']) {
      const { status, body } = await get(path, headers);
      expect(status).toBe(403);
      expect(body).toContain(reason);
    }
  });

  it('its own pages, and who follows a link', async () => {
    const own = { origin: `http://${host()}`, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await get('/api/dashboards', own)).status).toBe(200);
    expect((await get('/', link)).status).toBe(200);
  });

  it('nobody who would change something', async () => {
    const { status, body } = await get('/api/dashboards', {}, 'POST');
    expect({ status, body }).toEqual({
      status: 403,
      body: 'method POST: expected GET; nothing is changed here\n',
    });
  });
});

it.each(['/', '/console.js', '/style.css', '/icon.svg', '/runbooks/errorRate', '/nothing'])(
  '%s carries a policy by which nothing comes from elsewhere',
  async (path) => {
    const { headers } = await get(path);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  },
);

describe('answers', () => {
  it('tell a dashboard and its values by whole periods', async () => {
    bench.put('system-01', 'databaseConnections', 60, 2);
    const boards = JSON.parse((await get('/api/dashboards')).body) as DashboardView[];
    expect(boards.map(({ title }) => title).sort()).toEqual(['Application', 'Database', 'Overview']);
    const database = boards.find(({ title }) => title === 'Database');
    const widget = database?.widgets.find(({ title }) => title === 'Database connections: all systems');
    const line = widget?.kind === 'plot' ? widget.plot.lines[0] : undefined;
    const query = `dashboard=${database?.name}&from=${Date.now() - 60_000}&to=${Date.now()}`;
    const series = JSON.parse((await get(`/api/series?${query}`)).body) as SeriesValues[];
    expect(line?.label).toBe('system-01');
    // 30 connections of 50: the dashboard's expression draws percent.
    expect(series[line?.series ?? -1]?.values).toContain(60);
  });

  it.each([
    '/api/series?dashboard=nothing&from=0&to=1',
    '/api/series?dashboard=local-fleet-database&from=x&to=1',
    '/api/run?id=../../etc',
    '/api/nothing',
    '/runbooks/nothing',
    '/runbooks/..%2f..%2fREADME',
    '/../package.json',
  ])('%s is not there', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('show a runbook for the system whose alarm went off', async () => {
    const { status, body } = await get('/runbooks/errorRate?system=system-02');
    expect(status).toBe(200);
    expect(body).toContain('STAGE=local SYSTEM=system-02');
    expect(body).toContain('href="/runbooks/functionConcurrency?system=system-02"');
    expect((await get('/runbooks/errorRate?system=%3Cscript%3E')).body).not.toContain('<script');
  });
});

it('tells a change of an alarm at once, and what has not changed only once', async () => {
  const outgoing = request(new URL('/feed', bench.console.url)).end();
  const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
  let text = '';
  response.on('data', (chunk) => (text += String(chunk)));
  await vi.waitFor(() => expect(text).toContain('event: alarms'), 5_000);
  bench.fill(8);
  for (const ago of [1, 2, 3]) bench.put('system-02', 'databaseCpu', 95, ago);
  await bench.alarms.tick(Date.now());
  await vi.waitFor(() => {
    const alarms = text.split('event: alarms\ndata: ').at(-1)?.split('\n')[0] ?? '[]';
    const [first, second] = JSON.parse(alarms) as unknown[];
    expect(first).toMatchObject({
      system: 'system-02',
      title: 'Tickets',
      state: 'ALARM',
      composite: {
        causes: ['Database CPU'],
        of: expect.any(Number),
        heldBack: null,
      },
      runbook: 'ticket',
    });
    expect(second).toMatchObject({
      system: 'system-02',
      title: 'Database CPU',
      state: 'ALARM',
      composite: null,
      runbook: 'databaseCpu',
      dashboard: 'local-fleet-database',
    });
  }, 1_500);
  await vi.waitFor(() => expect(text.split('event: tick').length).toBeGreaterThan(3), 8_000);
  expect(text.split('event: stage')).toHaveLength(2);
  outgoing.destroy();
});

it('takes another port when the preferred one is taken, and gives up what it has when it is closed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const other = await startConsoleBench(1);
  await other.console.close();
  await expect(other.restart(port)).rejects.toThrow('EADDRINUSE');
  await other.restart({ preferred: port });
  expect(new URL(other.console.url).port).not.toBe(String(port));
  const feed = request(new URL('/feed', other.console.url)).end();
  const [response] = (await once(feed, 'response')) as [NodeJS.ReadableStream];
  response.resume();
  const ended = once(response, 'close');
  await other.close();
  await ended;
  await expect(fetch(other.console.url)).rejects.toThrow('fetch failed');
  server.close();
});
