import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObservedStage } from '../local/observedStage.ts';
import { startTicking } from '../local/ticking.ts';
import { buildAssets, type Asset } from './assets.ts';
import { FeedHub } from './feed.ts';
import { refusalOf, securityHeaders } from './consoleGuard.ts';
import { textPage } from './page.ts';
import { renderRunbook } from './runbooks.ts';
import { StageConsole } from './stageConsole.ts';
import type { Feed } from './wire.ts';

export interface ConsoleOptions {
  /** Port of 127.0.0.1, 0 for any free one; when a preferred one is taken, any free one. */
  port: number | { preferred: number };
  /** The load profile whose passed verdict is evidence. */
  evidenceProfile: string;
  onError: (error: unknown) => void;
}

export interface RunningConsole {
  /** Where a browser finds it. */
  readonly url: string;
  close(): Promise<void>;
}

const feedIntervalMs = 2_000;

/**
 * Serves the stage's console: pages and data, on loopback alone, and nothing that changes anything.
 * @throws the system's error when it may not listen on the port.
 */
export async function startConsole(stage: ObservedStage, options: ConsoleOptions): Promise<RunningConsole> {
  const stageConsole = new StageConsole(stage, options.evidenceProfile);
  const hub = new FeedHub();
  let assets: Promise<ReadonlyMap<string, Asset>> | undefined;
  const context: RequestContext = {
    stageConsole,
    // At the first visit: a stage without a reader doesn't pay for the page.
    assets: () => (assets ??= buildAssets()),
    listen: (response) => {
      hub.add(response);
      void tellAll().catch(options.onError);
    },
  };
  const tellAll = async () => {
    if (hub.size === 0) return;
    const snapshot = await stageConsole.snapshot();
    for (const event of Object.keys(snapshot) as (keyof Feed)[]) hub.send(event, snapshot[event]);
  };
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void serve(request, response, (server.address() as AddressInfo).port, context).catch((error: unknown) => {
      options.onError(error);
      if (!response.headersSent) send(response, 500, 'text/plain', 'the console failed; see its terminal\n');
    });
  });
  const port = await listen(server, options.port);
  const stopTicking = startTicking({
    clock: stage.clock,
    intervalMs: feedIntervalMs,
    tick: tellAll,
    onError: options.onError,
  });
  // One telling for all alarms that change at once.
  let telling = false;
  const onChange = (): void => {
    if (telling) return;
    telling = true;
    setImmediate(() => {
      telling = false;
      void tellAll().catch(options.onError);
    });
  };
  stage.alarms.on('stateChange', onChange);
  const shutDown = async (): Promise<void> => {
    stage.alarms.off('stateChange', onChange);
    await stopTicking();
    const closed = once(server, 'close');
    server.close();
    hub.close();
    server.closeAllConnections();
    await closed;
  };
  let closing: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${port}/`, close: () => (closing ??= shutDown()) };
}

async function listen(
  server: ReturnType<typeof createServer>,
  port: ConsoleOptions['port'],
): Promise<number> {
  try {
    server.listen(typeof port === 'number' ? port : port.preferred, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (typeof port === 'number' || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return listen(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

interface RequestContext {
  stageConsole: StageConsole;
  assets: () => Promise<ReadonlyMap<string, Asset>>;
  listen: (response: ServerResponse) => void;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  context: RequestContext,
): Promise<void> {
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) return send(response, 403, 'text/plain', `${refusal}\n`);
  const url = URL.parse(request.url ?? '/', `http://127.0.0.1:${port}`);
  if (!url) return send(response, 400, 'text/plain', 'not an address\n');
  if (url.pathname === '/feed') {
    setHeaders(response);
    return context.listen(response);
  }
  const asset = (await context.assets()).get(url.pathname);
  if (asset) return send(response, 200, asset.contentType, asset.body);
  const runbook = /^\/runbooks\/(\w+)$/.exec(url.pathname)?.[1];
  if (runbook !== undefined) return sendRunbook(response, runbook, url, context);
  const answer = url.pathname.startsWith('/api/') ? await answerOf(url, context.stageConsole) : null;
  if (answer === null) return send(response, 404, 'text/plain', 'there is no such page\n');
  send(response, 200, 'application/json', JSON.stringify(answer));
}

/** Data for the page; null when there is nothing at this address. */
async function answerOf({ pathname, searchParams }: URL, stageConsole: StageConsole): Promise<unknown> {
  switch (pathname) {
    case '/api/dashboards':
      return stageConsole.dashboards();
    case '/api/series': {
      const fromMs = Number(searchParams.get('from') ?? Number.NaN);
      const toMs = Number(searchParams.get('to') ?? Number.NaN);
      if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) return null;
      return stageConsole.series(searchParams.get('dashboard') ?? '', { fromMs, toMs });
    }
    case '/api/run':
      return stageConsole.runs.report(searchParams.get('id') ?? '');
    default:
      return null;
  }
}

async function sendRunbook(
  response: ServerResponse,
  id: string,
  url: URL,
  { stageConsole }: RequestContext,
): Promise<void> {
  const system = /^[a-z0-9-]+$/.exec(url.searchParams.get('system') ?? '')?.[0] ?? null;
  const runbook = await renderRunbook(id, { stage: stageConsole.stage, system });
  if (!runbook) return send(response, 404, 'text/plain', `there is no runbook "${id}"\n`);
  send(response, 200, 'text/html; charset=utf-8', textPage(runbook.title, runbook.html));
}

function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  setHeaders(response);
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
