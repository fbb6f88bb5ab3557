import { Socket } from 'node:net';

/** A way past the proxy that obeys the security groups, for threads of the stage's own process. */
export interface Shortcut {
  /** Where the proxy listens for this client. */
  proxyPort: number;
  /** Where the database listens. */
  host: string;
  port: number;
  /** Shared between threads; what stands where is below. */
  state: Int32Array;
}

/** 1 while the rules let the client in. */
export const shortcutOpen = 0;
/** How often the shortcut was taken. */
export const shortcutUses = 1;

const loopback: readonly unknown[] = ['127.0.0.1', 'localhost', undefined];

type ConnectArguments = Parameters<Socket['connect']>;

/**
 * Lets this thread's connections to the proxy go straight to the database while the rules allow it. While they
 * don't, and for everything else, they go where they were sent: the proxy decides then.
 */
export function takeShortcuts(shortcuts: readonly Shortcut[]): void {
  const byPort = new Map(shortcuts.map((shortcut) => [shortcut.proxyPort, shortcut]));
  const connect = Reflect.get(Socket.prototype, 'connect');
  Socket.prototype.connect = function (this: Socket, ...parameters: unknown[]): Socket {
    const [first, second] = parameters;
    // Called by net.connect() with one array, [options, listener]; else with options, or port and host.
    const list = Array.isArray(first) ? (first as unknown[]) : parameters;
    const [options] = list;
    const { port, host } =
      typeof options === 'object' && options !== null
        ? (options as { port?: unknown; host?: unknown })
        : { port: options, host: typeof second === 'string' ? second : undefined };
    const shortcut = loopback.includes(host) ? byPort.get(Number(port)) : undefined;
    if (shortcut && Atomics.load(shortcut.state, shortcutOpen) === 1) {
      Atomics.add(shortcut.state, shortcutUses, 1);
      if (typeof options === 'object') list[0] = { ...options, host: shortcut.host, port: shortcut.port };
      else {
        list[0] = shortcut.port;
        if (host !== undefined) list[1] = shortcut.host;
      }
    }
    return connect.apply(this, parameters as ConnectArguments);
  };
}
