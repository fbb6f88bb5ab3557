import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { RandomSource } from './clock.ts';
import { ServiceError, type ErrorCode } from './errors.ts';
import { functionMetrics, metricNamespace, systemDimension, type FunctionRole } from './metrics.ts';
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
  /** The invocation's one EMF line; call it once, at the end. */
  publish(counts?: Counts): void;
}

export interface TelemetryOptions {
  stage: string;
  system: string;
  role: FunctionRole;
  /** The function's configured size. */
  memoryMiB: number;
  /** Memory in use now, in bytes. */
  usedBytes: () => number;
  random: RandomSource;
  /** Share of successes that are logged, 0–1; default 0.01. */
  successSampleRate?: number;
}

const bytesPerMiB = 1_048_576;

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { stage, system, role, memoryMiB, usedBytes, random, successSampleRate = 0.01 } = options;
  const logger = new Logger({ serviceName: role, persistentKeys: { stage, system } });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: role });
  // Powertools' own dimension `service` would be a third one, and another metric to pay for.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ System: systemDimension(stage, system), Function: role });
  const add = (
    { name, unit }: (typeof functionMetrics)[keyof typeof functionMetrics],
    value: number,
  ): void => {
    metrics.addMetric(name, unit, value);
  };
  let coldStart = true;
  const repeatedErrors = new RepeatedErrors();

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
    publish(counts = {}) {
      add(functionMetrics.memoryUtilization, (usedBytes() / (memoryMiB * bytesPerMiB)) * 100);
      add(functionMetrics.coldStart, coldStart ? 1 : 0);
      coldStart = false;
      for (const [name, count] of Object.entries(counts)) add(functionMetrics[name as keyof Counts], count);
      const repeated = repeatedErrors.endInvocation();
      if (repeated > 0) add(functionMetrics.repeatedErrors, repeated);
      metrics.publishStoredMetrics();
    },
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
