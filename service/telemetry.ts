import { Logger } from '@aws-lambda-powertools/logger';
import type { Clock, RandomSource } from '../core/clock.ts';
import { createEmf } from './emf.ts';
import { writeLine } from './env.ts';
import { ServiceError, type ErrorCode } from './errors.ts';
import { functionMetrics, functionProperties, usualSampleRate, type FunctionRole } from './metrics.ts';
import { systemDimension } from '../fleet/systemDimension.ts';
import { statusOf } from './problem.ts';
import { RepeatedErrors } from './repeatedErrors.ts';

/** What a batch of messages came to. */
export interface Counts {
  messagesApplied?: number;
  messagesSuperseded?: number;
  messagesDeadLettered?: number;
}

/** Logs and metrics of one function. Nothing of a client is ever among them. */
export interface Telemetry {
  /** A line for a failure: at level error where the service is at fault, else warn. */
  failed(error: unknown, requestId: string): void;
  /** A line for a sample of the successes: at scale logs cost more than everything else. */
  succeeded(requestId: string): void;
  /**
   * One EMF line with what the invocation has to tell, and none where that is nothing; call it once, at the end. What
   * is counted is told by the invocation itself and memory when it is news, so that nothing is ever kept back: an
   * environment that Lambda freezes, or never wakes again, owes no metric.
   * @param storedAfterMs how long after they occurred messages were stored; left out where none were
   */
  publish(counts?: Counts, storedAfterMs?: readonly number[]): void;
}

export interface TelemetryOptions {
  stage: string;
  system: string;
  role: FunctionRole;
  /** The function's configured size. */
  memoryMiB: number;
  /**
   * Period of the stage's metrics and alarms: an environment tells its memory with its first invocation in each, and
   * more often only while it rises.
   */
  periodSeconds: number;
  /** Memory in use now, in bytes. */
  usedBytes: () => number;
  clock: Clock;
  random: RandomSource;
  /** Share of successes that are logged, 0–1; left out, as `usualSampleRate`. */
  successSampleRate?: number;
}

const bytesPerMiB = 1_048_576;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const {
    stage,
    system,
    role,
    memoryMiB,
    periodSeconds,
    usedBytes,
    clock,
    random,
    successSampleRate = usualSampleRate,
  } = options;
  const logger = new Logger({ serviceName: role, persistentKeys: { stage, system } });
  const emf = createEmf({ System: systemDimension(stage, system), Function: role });
  const memory = sampled(() => (usedBytes() / (memoryMiB * bytesPerMiB)) * 100, clock);
  const isNews = newsOfMemory(periodSeconds * 1_000);
  const repeatedErrors = new RepeatedErrors();
  let coldStart = true;

  return {
    failed(error, requestId) {
      const line = { requestId, ...describe(error) };
      const message = error instanceof ServiceError ? error.message : 'unexpected error';
      if (statusOf(error) >= 500) {
        logger.error(message, line);
        repeatedErrors.failed(line.errorCode);
      } else logger.warn(message, line);
    },
    succeeded(requestId) {
      if (random() < successSampleRate) logger.info('succeeded', { requestId });
    },
    publish(counts = {}, storedAfterMs = []) {
      const nowMs = clock.now();
      const metrics: Metric[] = [];
      const values: number[] = [];
      const tell = (metric: Metric, value: number): void => {
        metrics.push(metric);
        values.push(value);
      };
      const usedPercent = memory();
      if (isNews(usedPercent, nowMs)) tell(functionMetrics.memoryUtilization, usedPercent);
      const { messagesApplied, messagesSuperseded, messagesDeadLettered } = counts;
      if (messagesApplied !== undefined) tell(functionMetrics.messagesApplied, messagesApplied);
      if (messagesDeadLettered !== undefined)
        tell(functionMetrics.messagesDeadLettered, messagesDeadLettered);
      const repeated = repeatedErrors.endInvocation();
      if (repeated > 0) tell(functionMetrics.repeatedErrors, repeated);
      if (metrics.length === 0) return;
      const line = emf(nowMs, metrics, values, {
        ...(coldStart && { [functionProperties.coldStart]: 1 }),
        ...(messagesSuperseded !== undefined && {
          [functionProperties.messagesSuperseded]: messagesSuperseded,
        }),
        ...(storedAfterMs.length > 0 && { [functionProperties.storedAfterMs]: storedAfterMs }),
      });
      writeLine(line);
      coldStart = false;
    },
  };
}

type Metric = (typeof functionMetrics)[keyof typeof functionMetrics];

/** How old a measurement of memory may be: it changes slowly, and asking for it costs as much as all else. */
const memorySampleMs = 250;

function sampled(measure: () => number, clock: Clock): () => number {
  let value = 0;
  let measuredAtMs = -Infinity;
  return () => {
    const nowMs = clock.now();
    if (nowMs - measuredAtMs >= memorySampleMs) {
      value = measure();
      measuredAtMs = nowMs;
    }
    return value;
  };
}

/**
 * Whether memory has something to tell: the first use of a period, and one that reaches another whole percent above
 * all that the period has told. Of an invocation each, lines cost more than the requests themselves. Like this each
 * period has its maximum to a percent, and whoever watches a whole percent learns of it from the same invocation.
 */
function newsOfMemory(periodMs: number): (usedPercent: number, nowMs: number) => boolean {
  let toldPeriod = -1;
  let toldPercent = 0;
  return (usedPercent, nowMs) => {
    const period = Math.floor(nowMs / periodMs);
    if (period === toldPeriod && Math.floor(usedPercent) <= Math.floor(toldPercent)) return false;
    toldPeriod = period;
    toldPercent = usedPercent;
    return true;
  };
}

interface Description {
  errorCode: ErrorCode;
  /** Class and code (SQLSTATE, errno or the SDK's name) of what caused it; its message may quote data. */
  cause?: string;
  /** Where it was thrown; for errors nobody foresaw. */
  frames?: string[];
}

function describe(error: unknown): Description {
  if (!(error instanceof ServiceError)) {
    return { errorCode: 'internal', cause: kindOf(error), frames: framesOf(error) };
  }
  return { errorCode: error.errorCode, ...(error.cause === undefined ? {} : { cause: kindOf(error.cause) }) };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

/** The stack without its first lines, which repeat the message. */
const framesOf = (error: unknown): string[] =>
  error instanceof Error && error.stack !== undefined
    ? error.stack
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('at '))
    : [];
