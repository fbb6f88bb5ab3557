import { Logger } from '@aws-lambda-powertools/logger';
import type { Clock, RandomSource } from '../core/clock.ts';
import { createEmf } from './emf.ts';
import { writeLine } from './env.ts';
import { ServiceError, type ErrorCode } from './errors.ts';
import { functionMetrics, outcomeProperty, storedAfterProperty, type FunctionRole } from './metrics.ts';
import { systemDimension } from '../fleet/names.ts';
import { statusOf } from './problem.ts';
import { RepeatedErrors } from './repeatedErrors.ts';

/** What an invocation adds to the metrics every invocation has. */
export type Counts = Partial<
  Record<'messagesApplied' | 'messagesSuperseded' | 'messagesDeadLettered', number>
>;

/** Logs and metrics of one function. Nothing of a client is ever among them. */
export interface Telemetry {
  /** A line for a failure: at level error where the service is at fault, else warn. */
  failed(error: unknown, requestId: string): void;
  /** A line for a sample of the successes: at scale logs cost more than everything else. */
  succeeded(requestId: string): void;
  /**
   * The invocation's one EMF line; call it once, at the end.
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
  /** Memory in use now, in bytes. */
  usedBytes: () => number;
  clock: Clock;
  random: RandomSource;
  /** Share of successes that are logged, 0–1; default 0.01. */
  successSampleRate?: number;
}

const bytesPerMiB = 1_048_576;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { stage, system, role, memoryMiB, usedBytes, clock, random, successSampleRate = 0.01 } = options;
  const logger = new Logger({ serviceName: role, persistentKeys: { stage, system } });
  const emf = createEmf({ System: systemDimension(stage, system), Function: role });
  const memory = sampled(() => (usedBytes() / (memoryMiB * bytesPerMiB)) * 100, clock);
  let coldStart = true;
  let outcome: 'ok' | ErrorCode = 'ok';
  const repeatedErrors = new RepeatedErrors();

  return {
    failed(error, requestId) {
      const description = describe(error);
      const line = { requestId, ...description };
      outcome = description.errorCode;
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
      const metrics: Metric[] = [functionMetrics.memoryUtilization, functionMetrics.coldStart];
      const values = [memory(), coldStart ? 1 : 0];
      for (const [name, count] of Object.entries(counts)) {
        metrics.push(functionMetrics[name as keyof Counts]);
        values.push(count);
      }
      const repeated = repeatedErrors.endInvocation();
      if (repeated > 0) {
        metrics.push(functionMetrics.repeatedErrors);
        values.push(repeated);
      }
      const properties = {
        [outcomeProperty]: outcome,
        ...(storedAfterMs.length > 0 ? { [storedAfterProperty]: storedAfterMs } : {}),
      };
      writeLine(emf(clock.now(), metrics, values, properties));
      coldStart = false;
      outcome = 'ok';
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
