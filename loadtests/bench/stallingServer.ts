/**
 * Answers at once, over node:http; its port is the first message to its parent. With milliseconds as an argument it
 * stands still for so long every two seconds, as a process does whose thread is taken, and tells its parent when.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const stallMs = Number(process.argv[2] ?? 0);
const everyMs = 2_000;

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"ok":true}');
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

if (stallMs > 0) {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => {
    const startMs = performance.timeOrigin + performance.now();
    Atomics.wait(nothing, 0, 0, stallMs);
    // A parent that is about to end it may not listen any more.
    process.send?.(
      { stall: { startMs, endMs: performance.timeOrigin + performance.now() } },
      () => undefined,
    );
  }, everyMs);
}
process.on('disconnect', () => process.exit());
