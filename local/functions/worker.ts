import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { takeShortcuts } from '../network/shortcut.ts';
import { writeConsoleAsJson } from './jsonConsole.ts';
import { LineCollector } from './lines.ts';
import type { EnvironmentData, EnvironmentMessage, FunctionError, InvocationRequest } from './protocol.ts';

/**
 * One execution environment: a worker thread that loads the function once and then serves one invocation
 * at a time. What Lambda freezes between invocations keeps running here: timers of the function go on.
 */
const data = workerData as EnvironmentData;
const port = parentPort;
if (!port) throw new Error('worker.ts is started by functions/environment.ts, as a worker thread');
const post = (message: EnvironmentMessage): void => port.postMessage(message);

const collector = new LineCollector((lines) => post({ type: 'lines', lines }));
let currentRequestId: string | undefined;
captureOutput();
if (process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON') {
  writeConsoleAsJson(process.env['AWS_LAMBDA_LOG_LEVEL'] ?? 'TRACE', () => currentRequestId);
}
takeShortcuts(data.shortcuts);
limitMemoryUsage();

let handler: (event: unknown, context: unknown) => unknown;
try {
  handler = await loadHandler();
  // Written now and not at the thread's end: the next environment is often started before that.
  flushCompileCache();
  port.on('message', (request: InvocationRequest) => void serve(request));
  post({ type: 'ready' });
} catch (error) {
  post({ type: 'initFailed', error: describe(error), lines: collector.take() });
}

async function serve({ requestId, event, deadlineMs, traceId }: InvocationRequest): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = traceId;
  currentRequestId = requestId;
  try {
    const result = await handler(JSON.parse(event), {
      callbackWaitsForEmptyEventLoop: true,
      functionName: data.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: data.functionArn,
      memoryLimitInMB: String(data.memoryMiB),
      awsRequestId: requestId,
      logGroupName: data.logGroupName,
      logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    });
    const payload = JSON.stringify(result) ?? 'null';
    post({ type: 'result', requestId, payload, lines: collector.take() });
  } catch (error) {
    post({ type: 'failure', requestId, error: describe(error), lines: collector.take() });
  }
}

async function loadHandler(): Promise<typeof handler> {
  const [file = '', name = ''] = data.handler.split(/\.(?=[^.]*$)/);
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(data.codeDirectory, file + extension))
    .find(existsSync);
  if (path === undefined) {
    throw Object.assign(new Error(`Cannot find module '${file}' in ${data.codeDirectory}`), {
      name: 'Runtime.ImportModuleError',
    });
  }
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const exported = module[name] ?? (module['default'] as Record<string, unknown> | undefined)?.[name];
  if (typeof exported === 'function') return exported as typeof handler;
  throw Object.assign(new Error(`${data.handler} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

/**
 * Loggers write through consoles of their own, so the streams below them are replaced, not the console.
 */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      collector.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') queueMicrotask(() => (done as () => void)());
      return true;
    };
  }
}

/**
 * Threads share the process's resident memory. A function that asks for its own gets this thread's heap
 * and buffers, and what Node itself takes before any code is loaded.
 */
function limitMemoryUsage(): void {
  const nodeItselfBytes = 40 * 2 ** 20;
  const measure = process.memoryUsage.bind(process);
  const rss = (): number => {
    const { heapTotal, external } = measure();
    return nodeItselfBytes + heapTotal + external;
  };
  process.memoryUsage = Object.assign(() => ({ ...measure(), rss: rss() }), { rss });
}

function describe(error: unknown): FunctionError {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}
