import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  GetFunctionConfigurationCommand,
  paginateListEventSourceMappings,
  type EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { callLimit, eachCallLimit } from '../../monitoring/callLimit.ts';
import type { Connection } from '../connection.ts';
import { reservedConcurrencyOf } from '../reservedConcurrency.ts';
import { put, queueUrl, type FoundAdoption } from './adoptionOf.ts';

type Clients = Pick<Connection['clients'], 'lambda' | 'logs'>;
type Ask = <T>(what: string, question: () => Promise<T>) => Promise<T | undefined>;
type Found = Pick<FoundAdoption, 'adopt' | 'missing'>;

/** Puts a field into what was found; what lies below it is then no longer missing. */
export function give({ adopt, missing }: Found, field: string, value: unknown): void {
  put(adopt, field, value);
  missing.splice(0, Infinity, ...missing.filter((one) => !one.field.startsWith(`adopt.${field}`)));
}

const isMissing = ({ missing }: Found, field: string): boolean =>
  missing.some((one) => one.field === `adopt.${field}`);

/**
 * What AWS knows of the functions that were found: where they log, how many of them may run at once, and the queue whose
 * messages the subscriber is handed.
 */
export async function askFunctions(clients: Clients, found: Found, ask: Ask): Promise<void> {
  const functions = (found.adopt['functions'] ?? {}) as { api?: string; subscriber?: string };
  for (const role of ['api', 'subscriber'] as const) {
    const name = functions[role];
    if (name === undefined || !isMissing(found, `logGroups.${role}`)) continue;
    const group = await ask(`log group of ${name}`, () => logGroupOf(clients, name));
    if (group !== undefined) give(found, `logGroups.${role}`, group);
  }
  const { api, subscriber } = functions;
  if (api !== undefined) {
    const reserved = await ask(`reserved concurrency of ${api}`, () =>
      reservedConcurrencyOf(clients.lambda, api),
    );
    if (reserved !== undefined) give(found, 'reservedConcurrency', reserved);
  }
  if (subscriber !== undefined) await askSubscriber(clients, subscriber, found, ask);
}

/** Of a function that is handed several queues' messages nobody knows by that which is the system's. */
async function askSubscriber(clients: Clients, name: string, found: Found, ask: Ask): Promise<void> {
  const reserved = await ask(`reserved concurrency of ${name}`, () =>
    reservedConcurrencyOf(clients.lambda, name),
  );
  const mapping = await ask(`event source mappings of ${name}`, () => queueMappingOf(clients, name));
  const bounds = [reserved, mapping?.ScalingConfig?.MaximumConcurrency].filter(
    (bound) => bound !== undefined,
  );
  if (bounds.length > 0) give(found, 'subscriberMaximumConcurrency', Math.min(...bounds));
  const url = queueUrl(mapping?.EventSourceArn ?? '');
  if (url !== null && isMissing(found, 'queues.subscriber')) give(found, 'queues.subscriber', url);
}

/** @throws Error where it is not there */
async function logGroupOf({ lambda, logs }: Clients, FunctionName: string): Promise<string> {
  const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }), {
    abortSignal: callLimit(),
  });
  const name = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }), {
    abortSignal: callLimit(),
  });
  // Of the names that begin so it comes first.
  if (logGroups.some(({ logGroupName }) => logGroupName === name)) return name;
  throw new Error(`${name} is not there; Lambda makes it with the first line that the function logs`);
}

/** @throws Error where several queues are mapped to it */
async function queueMappingOf(
  { lambda: client }: Clients,
  FunctionName: string,
): Promise<EventSourceMappingConfiguration | undefined> {
  const queues: EventSourceMappingConfiguration[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client },
    { FunctionName },
    eachCallLimit(),
  )) {
    queues.push(...EventSourceMappings.filter(({ EventSourceArn = '' }) => /:sqs:/.test(EventSourceArn)));
  }
  if (queues.length > 1) throw new Error(`it is handed the messages of ${queues.length} queues`);
  return queues[0];
}
