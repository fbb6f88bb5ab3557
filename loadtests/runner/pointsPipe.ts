import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

/** A named pipe that another process writes text into. */
export interface Pipe {
  /** Resolves with everything read, once its writers are gone. */
  drained(): Promise<void>;
}

/**
 * Makes a named pipe and reads it from then on: what is written there never stands on a disk, and whoever writes faster
 * than it is read waits.
 */
export async function makePipe(path: string, onText: (text: string) => void): Promise<Pipe> {
  await rm(path, { force: true });
  await promisify(execFile)('mkfifo', ['-m', '600', path]);
  // A writer of our own keeps the end away until the others are gone: without it reading would end before they come,
  // and opening would wait for them.
  const flags = constants.O_NONBLOCK;
  const holder = await promisify(open)(path, flags | constants.O_RDWR);
  const reader = await promisify(open)(path, flags | constants.O_RDONLY);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  const ended = Promise.withResolvers<void>();
  socket.setEncoding('utf8').on('data', (text) => onText(text as unknown as string));
  socket.once('close', () => ended.resolve()).once('error', (error) => ended.reject(error));
  return {
    drained: async () => {
      await promisify(close)(holder);
      await ended.promise;
    },
  };
}
