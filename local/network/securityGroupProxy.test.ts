import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shortcutOpen } from './shortcut.ts';
import { SecurityGroupProxy, type SecurityGroupRules } from './securityGroupProxy.ts';

/** A database that answers each chunk with itself, in upper case. */
async function startEcho(): Promise<{ server: Server; port: number; sessions: Socket[] }> {
  const sessions: Socket[] = [];
  const server = createServer((socket) => {
    sessions.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, sessions };
}

const ask = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
};

describe('SecurityGroupProxy', () => {
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let proxy: SecurityGroupProxy;
  let allowed: boolean;
  const asked: Parameters<SecurityGroupRules['allows']>[0][] = [];
  const clients: Socket[] = [];

  beforeEach(async () => {
    allowed = true;
    asked.length = 0;
    echo = await startEcho();
    proxy = new SecurityGroupProxy({
      allows: (request) => {
        asked.push(request);
        return allowed;
      },
    });
    proxy.addCluster({
      identifier: 'cluster-1',
      host: '127.0.0.1',
      port: echo.port,
      rulePort: 5439,
      securityGroupIds: ['sg-servers'],
    });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    echo.server.close();
    for (const session of echo.sessions) session.destroy();
  });

  const connectAs = async (name: string, options: { allowHalfOpen?: boolean } = {}): Promise<Socket> => {
    const { host, port } = await proxy.open({ name, securityGroupIds: [`sg-${name}`] }, 'cluster-1');
    const socket = connect({ host, port, ...options });
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  it('lets an allowed client through, and asks with the groups of the listener it used', async () => {
    const api = await connectAs('api');
    const subscriber = await connectAs('subscriber');

    expect(await ask(api, 'hola')).toBe('HOLA');
    expect(await ask(subscriber, 'adiós')).toBe('ADIÓS');
    expect(asked).toEqual([
      { sourceGroupIds: ['sg-api'], targetGroupIds: ['sg-servers'], port: 5439, protocol: 'tcp' },
      { sourceGroupIds: ['sg-subscriber'], targetGroupIds: ['sg-servers'], port: 5439, protocol: 'tcp' },
    ]);
    expect(proxy.counts).toEqual({ allowed: 2, denied: 0, open: 2 });
  });

  it('holds whoever connects to a cluster that reboots, whatever the rules say', async () => {
    let status = 'rebooting';
    const changed = new EventEmitter<{ change: [] }>();
    const behind = new SecurityGroupProxy(
      { allows: () => true },
      { statusOf: () => status, on: (event, listener) => changed.on(event, listener) },
    );
    const cluster = { identifier: 'cluster-1', host: '127.0.0.1', port: echo.port, rulePort: 5439 };
    behind.addCluster({ ...cluster, securityGroupIds: [] });
    const shortcut = await behind.shortcut({ name: 'api', securityGroupIds: [] }, 'cluster-1');
    const held = connect({ host: '127.0.0.1', port: shortcut.proxyPort });
    clients.push(held);
    await once(held, 'connect');
    await vi.waitFor(() => expect(behind.counts).toEqual({ allowed: 0, denied: 1, open: 1 }));
    expect(Atomics.load(shortcut.state, shortcutOpen)).toBe(0);
    status = 'available';
    changed.emit('change');
    expect(Atomics.load(shortcut.state, shortcutOpen)).toBe(1);
    await behind.close();
  });

  it('gives a client the same address at each call, and another client another', async () => {
    const api = { name: 'api', securityGroupIds: [] };
    const first = await proxy.open(api, 'cluster-1');
    expect(await proxy.open(api, 'cluster-1')).toEqual(first);
    expect((await proxy.open({ ...api, name: 'other' }, 'cluster-1')).port).not.toBe(first.port);
  });

  it('holds a refused client without a word until it gives up', async () => {
    allowed = false;
    const client = await connectAs('api');
    let answered = false;
    client.on('data', () => (answered = true));
    client.on('close', () => (answered = true));
    client.write('startup packet');

    await vi.waitFor(() => expect(proxy.counts.denied).toBe(1));
    // A round trip through another, allowed connection: the held one had its chance to be answered.
    allowed = true;
    await ask(await connectAs('other'), 'x');
    expect(answered).toBe(false);
    expect(echo.sessions).toHaveLength(1);

    client.end();
    await vi.waitFor(() => expect(proxy.counts.open).toBe(1));
  });

  it('leaves an established connection alone when the rule goes, and refuses the next', async () => {
    const client = await connectAs('api');
    await ask(client, 'before');

    allowed = false;
    await connectAs('api');

    await vi.waitFor(() => expect(proxy.counts).toEqual({ allowed: 1, denied: 1, open: 2 }));
    expect(await ask(client, 'after')).toBe('AFTER');
  });

  it('passes on the end of a session that the database closes', async () => {
    const client = await connectAs('api');
    await ask(client, 'x');
    echo.sessions[0]?.end('terminated');

    const [last] = (await once(client, 'data')) as [Buffer];
    expect(last.toString()).toBe('terminated');
    await once(client, 'close');
    await vi.waitFor(() => expect(proxy.counts.open).toBe(0));
  });

  it('still gives the answer to a client that has ended its own side', async () => {
    const client = await connectAs('api', { allowHalfOpen: true });
    client.end('last words');
    const [chunk] = (await once(client, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('LAST WORDS');
  });

  it('ends every connection when it is closed, let through or held', async () => {
    const open = [await connectAs('api')];
    await ask(open[0]!, 'x');
    allowed = false;
    open.push(await connectAs('api'));
    await vi.waitFor(() => expect(proxy.counts.open).toBe(2));
    const ended = open.map((client) => once(client.resume(), 'close'));
    await proxy.close();
    await Promise.all(ended);
    proxy = new SecurityGroupProxy({ allows: () => true });
  });

  it('resets the client when the database resets, or cannot be reached', async () => {
    const client = await connectAs('api');
    await ask(client, 'x');
    const failed = once(client, 'error');
    echo.sessions[0]?.resetAndDestroy();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);

    echo.server.close();
    const late = await connectAs('api');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });

  it('refuses a cluster it does not know, by name', async () => {
    await expect(proxy.open({ name: 'api', securityGroupIds: [] }, 'nowhere')).rejects.toThrow('"nowhere"');
  });
});
