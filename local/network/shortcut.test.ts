import { once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { SecurityGroups } from '../aws/ec2/securityGroups.ts';
import { SecurityGroupProxy } from './securityGroupProxy.ts';
import { takeShortcuts } from './shortcut.ts';

const rule = {
  protocol: 'tcp',
  fromPort: 5_439,
  toPort: 5_439,
  source: { groupId: 'sg-in' },
};

const plainConnect = Reflect.get(Socket.prototype, 'connect');
let database: Server;
/** Local ports of the connections that reached the database, by who opened them. */
let reachedBy: number[];
let securityGroups: SecurityGroups;
let proxy: SecurityGroupProxy;
let proxyPort: number;
const clients: Socket[] = [];

beforeAll(async () => {
  database = createServer((socket) => {
    reachedBy.push(socket.remotePort ?? 0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => socket.write(chunk));
  }).listen(0, '127.0.0.1');
  await once(database, 'listening');
});
afterAll(() => database.close());
beforeEach(async () => {
  reachedBy = [];
  securityGroups = new SecurityGroups();
  for (const id of ['sg-in', 'sg-db']) {
    securityGroups.addGroup({ id, name: id, description: id, vpcId: '' });
  }
  securityGroups.authorizeIngress('sg-db', [rule]);
  proxy = new SecurityGroupProxy(securityGroups);
  const { port } = database.address() as AddressInfo;
  proxy.addCluster({
    identifier: 'cluster-1',
    host: '127.0.0.1',
    port,
    rulePort: 5_439,
    securityGroupIds: ['sg-db'],
  });
  const shortcut = await proxy.shortcut({ name: 'api', securityGroupIds: ['sg-in'] }, 'cluster-1');
  proxyPort = shortcut.proxyPort;
  takeShortcuts([shortcut]);
});
afterEach(async () => {
  Socket.prototype.connect = plainConnect;
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
});

async function open(start: () => Socket): Promise<Socket> {
  const client = start();
  clients.push(client);
  client.on('error', () => {});
  await once(client, 'connect');
  return client;
}

/** Whether the client itself reached the database, and not the proxy in its stead. */
const direct = (client: Socket): boolean => reachedBy.includes(client.localPort ?? -1);

it.each<[string, (port: number) => Socket]>([
  ['net.connect with options', (port) => connect({ port, host: '127.0.0.1' })],
  ['net.connect with port and host', (port) => connect(port, 'localhost')],
  ['a socket with port and host, as pg does', (port) => new Socket().connect(port, '127.0.0.1')],
  ['a socket with options', (port) => new Socket().connect({ port })],
])('leads past the proxy: %s', async (_how, start) => {
  const client = await open(() => start(proxyPort));
  await vi.waitFor(() => expect(direct(client)).toBe(true));
  expect(proxy.counts).toMatchObject({ allowed: 1, denied: 0 });
});

it('follows the rules: revoked, the proxy holds new connections and old ones answer; authorised, they pass', async () => {
  const before = await open(() => connect({ port: proxyPort, host: '127.0.0.1' }));
  securityGroups.revokeIngress('sg-db', [rule]);

  const held = await open(() => connect({ port: proxyPort, host: '127.0.0.1' }));
  held.write('anybody?');
  before.write('still there?');
  const [answer] = (await once(before, 'data')) as [Buffer];
  expect(answer.toString()).toBe('still there?');
  expect(held.bytesRead).toBe(0);
  expect(proxy.counts.denied).toBe(1);

  securityGroups.authorizeIngress('sg-db', [rule]);
  const after = await open(() => connect({ port: proxyPort, host: '127.0.0.1' }));
  after.write('now');
  expect(((await once(after, 'data')) as [Buffer])[0].toString()).toBe('now');
  expect(held.bytesRead).toBe(0);
});

it('leaves every other connection alone', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const accepted = once(other, 'connection');
  await open(() => connect((other.address() as AddressInfo).port, '127.0.0.1'));
  const [socket] = (await accepted) as [Socket];
  socket.destroy();
  other.close();
  // The proxy's port, on an address where nobody listens.
  await once(connect(proxyPort, '::1'), 'error');
  expect(proxy.counts.allowed).toBe(0);
  expect(reachedBy).toEqual([]);
});
