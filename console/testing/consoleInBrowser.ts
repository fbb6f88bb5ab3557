import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { startConsoleBench, type ConsoleBench } from './consoleBench.ts';

export interface ConsoleInBrowser {
  readonly bench: ConsoleBench;
  /** Opens the console at a hash, for one test. */
  readonly open: (hash: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Writes a file of a run. */
  readonly leave: (run: string, file: string, content: unknown) => Promise<void>;
  /** What the browser complained of so far belongs to the test. */
  readonly forgive: () => void;
}

/**
 * A console in a browser, for the tests of one group. After each test, whatever the page
 * complained of or the console failed at fails it.
 */
export function useConsoleInBrowser(systems = 3): ConsoleInBrowser {
  let browser: Browser;
  let bench: ConsoleBench;
  let watched: WatchedPage | undefined;
  beforeAll(async () => {
    [browser, bench] = await Promise.all([launchBrowser(), startConsoleBench(systems)]);
    bench.fill(60);
  }, 120_000);
  afterEach(async () => {
    const complaints = watched?.complaints;
    await watched?.page.context().close();
    watched = undefined;
    const problems = [...(complaints ?? []), ...bench.errors.splice(0).map(String)];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  afterAll(async () => {
    await browser.close();
    await bench.close();
  });
  return {
    get bench() {
      return bench;
    },
    open: async (hash, options = {}) => {
      watched = await openPage(browser, `${bench.console.url}${hash}`, options);
      return watched.page;
    },
    leave: async (run, file, content) => {
      const folder = join(bench.stateDirectory, 'runs', run);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, file), JSON.stringify(content));
    },
    forgive: () => watched?.complaints.splice(0),
  };
}
