import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

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
    executablePath: ownBrowser ?? (await sparticuz.executablePath()),
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
