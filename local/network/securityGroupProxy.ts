import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { shortcutOpen, shortcutUses, type Shortcut } from './shortcut.ts';

/** A database cluster behind the proxy. */
export interface ProxiedCluster {
  identifier: string;
  /** Where its PostgreSQL listens on this machine. */
  host: string;
  port: number;
  /** The port its security groups' rules speak of. */
  rulePort: number;
  securityGroupIds: readonly string[];
}

/** Who connects. On this machine a client is known by the listener it was given, not by its address. */
export interface ProxyClient {
  name: string;
  securityGroupIds: readonly string[];
}

export interface SecurityGroupRules {
  allows(request: {
    sourceGroupIds: readonly string[];
    targetGroupIds: readonly string[];
    port: number;
    protocol: string;
  }): boolean;
  /** Rules that can change tell so; those that can't have no such method. */
  on?(event: 'change', listener: () => void): unknown;
}

/** Which clusters are there: one that reboots answers nobody, whatever the rules say. */
export interface ClusterAvailability {
  statusOf(identifier: string): string | undefined;
  on(event: 'change', listener: () => void): unknown;
}

export interface ConnectionCounts {
  /** Connections let through since the start. */
  allowed: number;
  /** Connections the rules refused since the start. */
  denied: number;
  /** Connections open now, let through or held. */
  open: number;
}

/**
 * Stands where a security group stands on AWS: before the database's port.
 *
 *   function ──> its own loopback port ──> [rules asked once, at connect] ──> PostgreSQL
 *
 * Rules are tracked, as AWS tracks them: revoking one leaves established connections alone. A refused
 * connection is accepted and never answered, which a client cannot tell from a dropped SYN. So is one to a cluster that
 * reboots.
 * Listeners differ by port, not by address, since macOS has no 127.0.0.2.
 *
 * Functions, which run in threads of this process, get a shortcut: they look up the rules' answer themselves
 * and, where it is yes, connect past the proxy, which would have to carry every byte twice.
 */
export class SecurityGroupProxy {
  readonly #rules: SecurityGroupRules;
  readonly #availability: ClusterAvailability | undefined;
  readonly #clusters = new Map<string, ProxiedCluster>();
  readonly #listeners = new Map<string, Promise<Server>>();
  readonly #sockets = new Set<Socket>();
  readonly #counts: ConnectionCounts = { allowed: 0, denied: 0, open: 0 };
  readonly #shortcuts: { client: ProxyClient; cluster: ProxiedCluster; state: Int32Array }[] = [];
  #closed = false;

  constructor(rules: SecurityGroupRules, availability?: ClusterAvailability) {
    this.#rules = rules;
    this.#availability = availability;
    rules.on?.('change', () => this.#refreshShortcuts());
    availability?.on('change', () => this.#refreshShortcuts());
  }

  get counts(): Readonly<ConnectionCounts> {
    const past = this.#shortcuts.reduce((sum, { state }) => sum + Atomics.load(state, shortcutUses), 0);
    return { ...this.#counts, allowed: this.#counts.allowed + past };
  }

  addCluster(cluster: ProxiedCluster): void {
    this.#clusters.set(cluster.identifier, cluster);
  }

  /** The address at which `client`, and nobody else, reaches the cluster. The same at each call. */
  async open(client: ProxyClient, clusterIdentifier: string): Promise<{ host: string; port: number }> {
    const cluster = this.#cluster(clusterIdentifier);
    const key = `${client.name} -> ${clusterIdentifier}`;
    let listener = this.#listeners.get(key);
    if (!listener) {
      listener = this.#listen(client, cluster);
      this.#listeners.set(key, listener);
    }
    return { host: '127.0.0.1', port: ((await listener).address() as AddressInfo).port };
  }

  /** The way past the proxy for `client`, to be taken while the rules allow it. */
  async shortcut(client: ProxyClient, clusterIdentifier: string): Promise<Shortcut> {
    const { port: proxyPort } = await this.open(client, clusterIdentifier);
    const cluster = this.#cluster(clusterIdentifier);
    const state = new Int32Array(new SharedArrayBuffer(8));
    this.#shortcuts.push({ client, cluster, state });
    this.#refreshShortcuts();
    return { proxyPort, host: cluster.host, port: cluster.port, state };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const listeners = await Promise.all(this.#listeners.values());
    const closed = listeners.map((listener) => once(listener, 'close'));
    for (const listener of listeners) listener.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(client: ProxyClient, cluster: ProxiedCluster): Promise<Server> {
    // Half-open, so that one side's end reaches the other as an end, after what was still to be read.
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      if (this.#closed) {
        socket.destroy();
        return;
      }
      this.#track(socket);
      if (this.#allows(client, cluster)) this.#pass(socket, cluster);
      else this.#hold(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  #cluster(clusterIdentifier: string): ProxiedCluster {
    const cluster = this.#clusters.get(clusterIdentifier);
    if (cluster) return cluster;
    throw new Error(`no cluster "${clusterIdentifier}" is behind the proxy`);
  }

  #allows(client: ProxyClient, cluster: ProxiedCluster): boolean {
    if (this.#availability?.statusOf(cluster.identifier) === 'rebooting') return false;
    return this.#rules.allows({
      sourceGroupIds: client.securityGroupIds,
      targetGroupIds: cluster.securityGroupIds,
      port: cluster.rulePort,
      protocol: 'tcp',
    });
  }

  #refreshShortcuts(): void {
    for (const { client, cluster, state } of this.#shortcuts) {
      Atomics.store(state, shortcutOpen, this.#allows(client, cluster) ? 1 : 0);
    }
  }

  #pass(socket: Socket, cluster: ProxiedCluster): void {
    this.#counts.allowed += 1;
    const database = connect({ host: cluster.host, port: cluster.port, noDelay: true, allowHalfOpen: true });
    this.#sockets.add(database);
    database.on('close', () => this.#sockets.delete(database));
    socket.pipe(database);
    database.pipe(socket);
    tie(socket, database);
    tie(database, socket);
  }

  #hold(socket: Socket): void {
    this.#counts.denied += 1;
    // Reads and throws away, or it would never learn that the client gave up.
    socket.resume();
    socket.on('end', () => socket.destroy());
  }

  #track(socket: Socket): void {
    this.#counts.open += 1;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#counts.open -= 1;
      this.#sockets.delete(socket);
    });
  }
}

/** When one side fails the other is reset; when it has closed, so does the other. */
function tie(from: Socket, to: Socket): void {
  from.on('error', () => to.resetAndDestroy());
  from.on('close', () => {
    if (!to.writableEnded) to.destroySoon();
  });
}
