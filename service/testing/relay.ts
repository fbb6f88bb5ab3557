import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to who connects: passed on, refused at once, or accepted and kept waiting. */
type Mode = 'pass' | 'refuse' | 'hold';

/** A port before a database that can be taken away, and that counts who comes. */
export class Relay {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** Where connections go. */
  target: { host: string; port: number };
  /** Connections accepted since the start. */
  opened = 0;
  /** Of those, the ones still open. One that is reset while it ends is destroyed without a "close". */
  get open(): number {
    return [...this.#sockets].filter((socket) => !socket.destroyed).length;
  }
  readonly #sockets = new Set<Socket>();
  /** Who is kept waiting, with what they have said: unread, their end would not be noticed. */
  readonly #held = new Map<Socket, Buffer[]>();
  #server: Server;
  #mode: Mode = 'pass';

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.target = target;
    server.on('connection', (socket: Socket) => this.#accept(socket));
  }

  static async start(target: { host: string; port: number }): Promise<Relay> {
    return new Relay(await listening(0), target);
  }

  /** Takes the port away: connections are cut, new ones refused. */
  async refuse(): Promise<void> {
    if (this.#mode === 'refuse') return;
    this.#mode = 'refuse';
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Lets connections pass, those that were held too. */
  async pass(): Promise<void> {
    await this.#listen();
    this.#mode = 'pass';
    for (const [socket, said] of this.#held) {
      socket.removeAllListeners('data');
      this.#connect(socket, said);
    }
    this.#held.clear();
  }

  /** Accepts connections from now on, and answers nothing. */
  async hold(): Promise<void> {
    await this.#listen();
    this.#mode = 'hold';
  }

  /** Resets every open connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#held.clear();
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  async #listen(): Promise<void> {
    if (this.#mode !== 'refuse') return;
    this.#server = await listening(this.port);
    this.#server.on('connection', (socket: Socket) => this.#accept(socket));
  }

  #accept(socket: Socket): void {
    this.opened += 1;
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#held.delete(socket);
    });
    if (this.#mode === 'pass') this.#connect(socket);
    else {
      const said: Buffer[] = [];
      this.#held.set(socket, said);
      socket.on('data', (chunk: Buffer) => said.push(chunk));
      socket.on('end', () => socket.destroy());
    }
  }

  #connect(socket: Socket, said: readonly Buffer[] = []): void {
    const database = connect(this.target);
    for (const chunk of said) database.write(chunk);
    socket.pipe(database).pipe(socket);
    socket.on('close', () => database.destroy());
    database.on('error', () => socket.resetAndDestroy());
    database.on('close', () => socket.destroy());
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer({ noDelay: true });
  server.listen(port, '127.0.0.1', 1_000);
  await once(server, 'listening');
  return server;
}
