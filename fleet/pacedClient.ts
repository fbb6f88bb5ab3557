import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../core/clock.ts';
import { Pace } from '../core/pace.ts';
import { apiQuotas, type ApiQuota } from './apiQuotas.ts';

/** The part of an AWS client that is needed here; its own types differ from service to service. */
interface AwsClient {
  config: { signingName?: string; defaultSigningName?: string };
  middlewareStack: { addRelativeTo(middleware: never, options: never): void };
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

type Handler = (args: unknown) => Promise<unknown>;

export interface PacingOptions {
  /** Of each quota, the part that this client may use; 0 to 1. */
  share: number;
  clock: Clock;
  /** Default: all that grow with the fleet. */
  quotas?: readonly ApiQuota[];
}

/** The rest after a refusal: the bucket of an account is full again after a second. */
const restMs = 1_000;
/** Refusals in a row of one call before its caller is told. */
const mostRefusals = 30;

/**
 * Keeps an AWS client within its share of the account's rates: each attempt of a call waits for its turn, in the order
 * in which they were made. What AWS refuses all the same, since others use the rate too, waits a second and asks
 * again; nobody else of this client asks in that second. The client's own few retries, which all its calls share,
 * are left to what is no matter of rates.
 */
export function paced<Client extends object>(
  client: Client,
  { share, clock, quotas = apiQuotas }: PacingOptions,
): Client {
  const aws = client as unknown as AwsClient;
  const { config, middlewareStack } = aws;
  const service = config.signingName ?? config.defaultSigningName;
  const paces = new Map<string, Pace>();
  for (const quota of quotas.filter((one) => one.service === service)) {
    const perSecond = quota.perSecond * share;
    const pace = new Pace({ perSecond, burst: Math.max(1, Math.floor(perSecond)) }, clock);
    for (const action of quota.actions) paces.set(`${action}Command`, pace);
  }
  // Middleware is not told of it.
  const abortSignal = new AsyncLocalStorage<AbortSignal | undefined>();
  const send = aws.send.bind(aws);
  aws.send = (command, options) => abortSignal.run(options?.abortSignal, () => send(command, options));
  const middleware =
    (next: Handler, { commandName = '' }: { commandName?: string }): Handler =>
    async (args) => {
      const pace = paces.get(commandName);
      if (!pace) return next(args);
      for (let refusals = 0; ; refusals += 1) {
        await pace.turn(abortSignal.getStore());
        try {
          return await next(args);
        } catch (error) {
          if (!isThrottling(error) || refusals === mostRefusals) throw error;
          pace.hold(restMs);
        }
      }
    };
  middlewareStack.addRelativeTo(
    // Before signing: a signature must not grow old in the queue. After the retries: each attempt is a call.
    middleware as never,
    { name: 'pacing', relation: 'before', toMiddleware: 'httpSigningMiddleware', override: true } as never,
  );
  return client;
}

const throttlingErrors = /^(Throttl|TooManyRequests|RequestLimitExceeded)/;

/** Whether AWS says that a call came too soon after others. */
export const isThrottling = (error: unknown): boolean =>
  error instanceof Error && throttlingErrors.test(error.name);
