// The small form of zod: what the function loads before its first answer is a cold start's time.
import * as z from 'zod/mini';
import { EnvironmentError } from './errors.ts';

const required = z
  .string({ error: 'missing; the stack sets it on the function' })
  .check(z.minLength(1, { error: 'empty; the stack sets it on the function' }));
const wholeNumber = z.pipe(
  required.check(z.regex(/^[1-9]\d*$/, { error: 'expected a whole number' })),
  z.transform(Number),
);

const functionVariables = {
  HEADROOM_STAGE: required,
  HEADROOM_SYSTEM: required,
  DATABASE_HOST: required,
  DATABASE_PORT: z.pipe(wholeNumber, z.number().check(z.lte(65_535, { error: 'expected a TCP port' }))),
  DATABASE_NAME: required,
  DATABASE_SCHEMA: z.optional(required),
  DATABASE_SECRET_ARN: required,
  TOPIC_ARN: z.optional(required),
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber,
  METRICS_PERIOD_SECONDS: wholeNumber,
};
const apiSchema = z.object(functionVariables);
const subscriberSchema = z.object({
  ...functionVariables,
  DEAD_LETTER_QUEUE_URL: z.pipe(required, z.url({ error: 'expected a queue URL' })),
});

type Variables = Readonly<Record<string, string | undefined>>;

/** What a function's configuration tells it. */
export interface FunctionEnv {
  stage: string;
  system: string;
  database: {
    host: string;
    port: number;
    name: string;
    /** Where the tables are; left out, in the user's own search path. */
    schema?: string;
    secretArn: string;
  };
  /** The system's topic, where the contract lets this function publish. */
  topicArn?: string;
  /** The function's configured size. */
  memoryMiB: number;
  /** Period of the stage's metrics and alarms. */
  periodSeconds: number;
}

export interface SubscriberEnv extends FunctionEnv {
  deadLetterQueueUrl: string;
}

/**
 * Configuration of the API's function.
 * @throws EnvironmentError naming each variable that is missing or wrong.
 */
export const readApiEnv = (variables: Variables = process.env): FunctionEnv =>
  toFunctionEnv(parse(apiSchema, variables));

/**
 * Configuration of the subscriber's function.
 * @throws EnvironmentError naming each variable that is missing or wrong.
 */
export function readSubscriberEnv(variables: Variables = process.env): SubscriberEnv {
  const parsed = parse(subscriberSchema, variables);
  return { ...toFunctionEnv(parsed), deadLetterQueueUrl: parsed.DEAD_LETTER_QUEUE_URL };
}

/** Writes a line of output as it is: Lambda's console would put words before it. */
export const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** Resident memory of this process, in bytes. */
export const residentBytes = (): number => process.memoryUsage.rss();

function parse<Schema extends z.ZodMiniType>(schema: Schema, variables: Variables): z.output<Schema> {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  throw new EnvironmentError(
    result.error.issues.map((issue) => ({ variable: issue.path.join('.'), problem: issue.message })),
  );
}

const toFunctionEnv = (parsed: z.output<typeof apiSchema>): FunctionEnv => ({
  stage: parsed.HEADROOM_STAGE,
  system: parsed.HEADROOM_SYSTEM,
  database: {
    host: parsed.DATABASE_HOST,
    port: parsed.DATABASE_PORT,
    name: parsed.DATABASE_NAME,
    ...(parsed.DATABASE_SCHEMA !== undefined && { schema: parsed.DATABASE_SCHEMA }),
    secretArn: parsed.DATABASE_SECRET_ARN,
  },
  ...(parsed.TOPIC_ARN !== undefined && { topicArn: parsed.TOPIC_ARN }),
  memoryMiB: parsed.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  periodSeconds: parsed.METRICS_PERIOD_SECONDS,
});
