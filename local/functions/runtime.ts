import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { AwsCredentials } from '../aws/sigv4.ts';
import type { Shortcut } from '../network/shortcut.ts';
import type { MetricSink } from '../sampler/metricSample.ts';
import { looksLikeEmf, parseEmf } from './emf.ts';
import { failureLines, type LogFormat } from './failureLines.ts';
import { FunctionLogs } from './logs.ts';
import { createFunctionMeter, type FunctionMeter } from './meter.ts';
import type { FailureKind } from './invocation.ts';
import { FunctionPool } from './pool.ts';
import type { FunctionError } from './protocol.ts';
import { Semaphore } from './semaphore.ts';

export interface FunctionDefinition {
  name: string;
  /** The unpacked code asset. */
  codeDirectory: string;
  /** `file.export` */
  handler: string;
  timeoutMs: number;
  memoryMiB: number;
  environment: Readonly<Record<string, string>>;
  /** Left out: the function takes from what all reservations leave of the account's concurrency. */
  reservedConcurrency?: number;
  logGroupName?: string;
  /** `Text` when left out, as on Lambda. */
  logFormat?: LogFormat;
  /** Of the JSON format: below it the console writes nothing. */
  applicationLogLevel?: string;
  /** Its ways past the proxy before the databases; left out, it connects through the proxy. */
  shortcuts?: readonly Shortcut[];
}

export interface RuntimeOptions {
  region: string;
  accountId: string;
  credentials: AwsCredentials;
  /** Where the functions' AWS clients find their services: the stage's endpoint. */
  endpointUrl: string;
  clock: Clock;
  /** Invocations at once of all functions together, as Lambda's quota; 1,000 when left out. */
  accountConcurrency?: number;
  metrics: MetricSink;
  /** One log file a function in it; left out, lines are kept in memory alone. */
  logDirectory?: string;
  /** Where compiled code is kept between environments and starts of the stage; left out, nowhere. */
  compileCacheDirectory?: string;
  /** Idle environments are dropped after this time. Lambda keeps them for minutes. */
  maxIdleMs?: number;
}

export type InvocationOutcome =
  | { ok: true; requestId: string; payload: unknown }
  | { ok: false; requestId: string; kind: FailureKind; error: FunctionError };

/**
 * Environments started at once: each takes a core for a tenth of a second, and dozens at a time (every
 * environment of every system waits when the databases go away) would leave none for the stage itself.
 */
const startsAtOnce = Math.max(1, availableParallelism() - 1);

/** What an account may run at once unless it has asked for more. */
const defaultAccountConcurrency = 1_000;

interface Entry {
  pool: FunctionPool;
  logFormat: LogFormat;
  memoryMiB: number;
  reservedConcurrency: number | undefined;
  meter: FunctionMeter;
}

/** Runs the functions of the stage: environments, concurrency, timeouts, memory, logs and metrics. */
export class FunctionRuntime {
  readonly logs: FunctionLogs;
  readonly #options: RuntimeOptions;
  readonly #functions = new Map<string, Entry>();
  readonly #starts = new Semaphore(startsAtOnce);
  readonly #sweep: NodeJS.Timeout;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.logs = new FunctionLogs(options.logDirectory);
    const maxIdleMs = options.maxIdleMs ?? 5 * 60_000;
    this.#sweep = setInterval(() => {
      const oldest = performance.now() - maxIdleMs;
      for (const { pool } of this.#functions.values()) pool.dropIdleSince(oldest);
    }, maxIdleMs / 4);
    this.#sweep.unref();
  }

  get names(): string[] {
    return [...this.#functions.keys()];
  }

  arn(name: string): string {
    return `arn:aws:lambda:${this.#options.region}:${this.#options.accountId}:function:${name}`;
  }

  add(definition: FunctionDefinition): void {
    const { name } = definition;
    const logGroupName = definition.logGroupName ?? `/aws/lambda/${name}`;
    this.#functions.set(name, {
      logFormat: definition.logFormat ?? 'Text',
      memoryMiB: definition.memoryMiB,
      meter: createFunctionMeter(this.#options.metrics, name),
      reservedConcurrency: definition.reservedConcurrency,
      pool: new FunctionPool({
        data: {
          codeDirectory: definition.codeDirectory,
          handler: definition.handler,
          functionName: name,
          functionArn: this.arn(name),
          memoryMiB: definition.memoryMiB,
          logGroupName,
          shortcuts: definition.shortcuts ?? [],
        },
        variables: this.#variables(definition, logGroupName),
        timeoutMs: definition.timeoutMs,
        mayStart:
          definition.reservedConcurrency === undefined
            ? () => this.#unreservedLeft() > 0
            : (running) => running < (definition.reservedConcurrency ?? 0),
        onLines: (lines) => this.#receiveLines(name, lines),
        starts: this.#starts,
        now: () => this.#options.clock.now(),
      }),
    });
  }

  /**
   * Runs a function. A failure is a value, not an exception: callers treat each kind as AWS does.
   * @throws Error when no function has this name.
   */
  async invoke(name: string, event: unknown): Promise<InvocationOutcome> {
    const entry = this.#entry(name);
    const requestId = randomUUID();
    const outcome = await entry.pool.invoke(
      requestId,
      JSON.stringify(event),
      traceId(this.#options.clock.now()),
    );
    entry.meter(this.#options.clock.now(), outcome);
    if (outcome.ok) return { ok: true, requestId, payload: JSON.parse(outcome.payload) };
    const { kind, error } = outcome;
    if (kind !== 'throttled' && kind !== 'stopped') {
      const endedAtMs = this.#options.clock.now();
      const { logFormat, memoryMiB } = entry;
      this.logs.append(name, endedAtMs, failureLines(logFormat, { ...outcome, memoryMiB, endedAtMs }));
    }
    return { ok: false, requestId, kind, error };
  }

  /** Invocations at once since the last call, at their most; functions that ran nothing are left out. */
  takePeakConcurrency(): Map<string, number> {
    const peaks = new Map<string, number>();
    for (const [name, { pool }] of this.#functions) {
      const peak = pool.takePeak();
      if (peak > 0) peaks.set(name, peak);
    }
    return peaks;
  }

  /** Execution environments that exist now, idle ones included. */
  environments(name: string): number {
    return this.#entry(name).pool.environments;
  }

  /** Ends every environment; invocations under way get the failure `stopped`. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#functions.values()].map(({ pool }) => pool.close()));
    await this.logs.close();
  }

  #entry(name: string): Entry {
    const entry = this.#functions.get(name);
    if (!entry)
      throw new Error(`no function "${name}"; expected one of ${this.names.join(', ') || '(none)'}`);
    return entry;
  }

  /** How many more invocations may start of functions that have reserved nothing. */
  #unreservedLeft(): number {
    let left = this.#options.accountConcurrency ?? defaultAccountConcurrency;
    for (const { pool, reservedConcurrency } of this.#functions.values()) {
      left -= reservedConcurrency ?? pool.running;
    }
    return left;
  }

  #variables(definition: FunctionDefinition, logGroupName: string): Record<string, string> {
    const { region, credentials, endpointUrl, compileCacheDirectory } = this.#options;
    return {
      ...(compileCacheDirectory !== undefined && { NODE_COMPILE_CACHE: compileCacheDirectory }),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: definition.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMiB),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
      AWS_LAMBDA_LOG_FORMAT: definition.logFormat ?? 'Text',
      ...(definition.applicationLogLevel !== undefined && {
        AWS_LAMBDA_LOG_LEVEL: definition.applicationLogLevel,
      }),
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      LAMBDA_TASK_ROOT: definition.codeDirectory,
      _HANDLER: definition.handler,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...definition.environment,
    };
  }

  #receiveLines(name: string, lines: readonly string[]): void {
    const messages: string[] = [];
    for (const line of lines) {
      messages.push(line);
      if (!looksLikeEmf(line)) continue;
      try {
        for (const sample of parseEmf(line)) this.#options.metrics.put(sample);
      } catch (error) {
        messages.push(`the line above is not valid EMF and made no metric: ${(error as Error).message}`);
      }
    }
    if (messages.length > 0) this.logs.append(name, this.#options.clock.now(), messages);
  }
}

function traceId(nowMs: number): string {
  // Node keeps randomness for identifiers in store; random bytes it fetches each time.
  const random = `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
  const seconds = Math.floor(nowMs / 1_000).toString(16);
  return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(24, 40)};Sampled=0`;
}
