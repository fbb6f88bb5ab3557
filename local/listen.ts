import { LocalStageError } from './errors.ts';

/**
 * Starts a server on a port that an option of the command line chose.
 * @throws LocalStageError naming the option when the port cannot be had.
 */
export async function listen<Server>(option: string, start: () => Promise<Server>): Promise<Server> {
  try {
    return await start();
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new LocalStageError(
      `port ${port} ${code === 'EACCES' ? 'needs more rights' : 'is in use'}; choose another with ${option}, ` +
        'or leave it out for a free one.',
      { cause: error },
    );
  }
}
