import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import packageJson from '../../package.json' with { type: 'json' };
import { keptDirectory } from './keptDirectory.ts';

/**
 * The npm package holds a browser for Linux on x64. Elsewhere, HEADROOM_CHROMIUM names one, or these tests
 * are left out.
 */
const ownBrowser = process.env['HEADROOM_CHROMIUM'];
export const browserAvailable =
  ownBrowser !== undefined || (process.platform === 'linux' && process.arch === 'x64');

/** A browser without a window, that talks to nobody by itself. It ends with this process. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: ownBrowser ?? (await unpackedBrowser()),
    args: [
      '--headless=shell',
      '--no-sandbox',
      '--no-zygote',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const cache = fileURLToPath(new URL('../../.headroom/test/cache/chromium/', import.meta.url));
const unpack = fileURLToPath(new URL('./unpackChromium.ts', import.meta.url));

/**
 * The npm package's browser, unpacked once (2.5 seconds of CPU, 207 MB). Not where the package itself would: there a
 * second process takes a file that the first still writes, and every later one what a killed process left.
 */
async function unpackedBrowser(): Promise<string> {
  const version = packageJson.devDependencies['@sparticuz/chromium'];
  const directory = await keptDirectory(cache, version, async (partial) => {
    await promisify(execFile)(process.execPath, [unpack], { env: { ...process.env, TMPDIR: partial } });
  });
  return join(directory, 'chromium');
}

export interface WatchedPage {
  page: Page;
  /** Errors and warnings of the page, failed requests, and requests to another origin. */
  complaints: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
