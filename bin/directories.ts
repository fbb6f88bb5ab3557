import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: everything is found from it, whatever the working directory. */
export const projectDirectory = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs, stages and caches; safe to delete while nothing runs. Another one is an isolated set of stages. */
export const stateDirectory = resolve(
  process.env['HEADROOM_STATE_DIRECTORY'] ?? join(projectDirectory, '.headroom'),
);

/** Whether it was chosen, and isn't the default. */
export const ownStateDirectory = process.env['HEADROOM_STATE_DIRECTORY'] !== undefined;
