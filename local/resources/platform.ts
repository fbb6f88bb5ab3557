import type { Clock } from '../../core/clock.ts';
import { ApiFront } from '../api/front.ts';
import type { AwsCredentials } from '../aws/sigv4.ts';
import type { AwsState } from '../aws/state.ts';
import { AsyncInvocations } from '../functions/asyncInvocations.ts';
import { FunctionRuntime } from '../functions/runtime.ts';
import { SecurityGroupProxy } from '../network/securityGroupProxy.ts';
import { messagingClients } from '../queues/clients.ts';
import { QueuePollers } from '../queues/pollers.ts';
import { Schedules } from '../schedules/schedules.ts';
import type { StageContext } from './context.ts';

export interface PlatformOptions {
  region: string;
  accountId: string;
  credentials: AwsCredentials;
  clock: Clock;
  /** Invocations at once of all functions together; Lambda's default when left out. */
  accountConcurrency?: number;
  /** 0 inclusive to 1 exclusive. */
  random: () => number;
  /** What a minute of a schedule lasts here: the stage's metric period. */
  periodSeconds: number;
  /** Where the API front listens on 127.0.0.1; 0: any free port. */
  apiPort: number;
  /** The running AWS endpoint, and the state behind it. */
  endpointUrl: string;
  state: AwsState;
  postgres: StageContext['postgres'];
  /** One file a function is written there; left out, the newest lines are kept in memory alone. */
  logDirectory?: string;
  /** Where the functions' compiled code is kept between starts; left out, nowhere. */
  compileCacheDirectory?: string;
  /** Told of what went wrong in the stage itself, not in its functions. */
  onError: (error: unknown) => void;
}

export interface Platform {
  context: StageContext;
  /** Starts to poll queues and to run schedules; after bootResources and the migrations. */
  start(): void;
  /** Ends everything it started, in the order in which nothing waits for what is gone. */
  close(): Promise<void>;
}

/** The parts in which a template's resources come to life: functions, API, security groups, queues, schedules. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { region, accountId, credentials, clock, random, endpointUrl, state, postgres, onError } = options;
  const functions = new FunctionRuntime({
    region,
    accountId,
    credentials,
    endpointUrl,
    clock,
    metrics: state.metrics,
    ...(options.accountConcurrency !== undefined && { accountConcurrency: options.accountConcurrency }),
    ...(options.logDirectory !== undefined && { logDirectory: options.logDirectory }),
    ...(options.compileCacheDirectory !== undefined && {
      compileCacheDirectory: options.compileCacheDirectory,
    }),
  });
  const invoke = (name: string, event: unknown) => functions.invoke(name, event);
  const asyncInvocations = new AsyncInvocations({ clock, invoke, metrics: state.metrics, onError });
  state.functions.runWith(invoke, (name, event) => asyncInvocations.send(name, event));
  const api = await ApiFront.start({
    host: '127.0.0.1',
    port: options.apiPort,
    region,
    accountId,
    credentials,
    clock,
    metrics: state.metrics,
    restApis: state.restApis,
    invoke,
    onError,
  });
  const { sns, sqs } = messagingClients({ region, credentials, endpointUrl });
  const securityGroupProxy = new SecurityGroupProxy(state.securityGroups, state.clusters);
  const queues = new QueuePollers({ sqs, clock, random, invoke, onError });
  const minuteMs = options.periodSeconds * 1_000;
  const schedules = new Schedules({ region, accountId, clock, minuteMs, invoke, onError });
  const { securityGroups, secrets, parameters, clusters, alarms, metrics, dashboards, logGroups, stacks } =
    state;
  return {
    context: {
      region,
      accountId,
      clock,
      postgres,
      sns,
      sqs,
      functions,
      asyncInvocations,
      api,
      queues,
      schedules,
      securityGroupProxy,
      securityGroups,
      secrets,
      parameters,
      clusters,
      alarms,
      metrics,
      dashboards,
      logGroups,
      stacks,
      configurations: state.functions,
    },
    start: () => {
      queues.start();
      schedules.start();
    },
    close: async () => {
      // Functions last of those that invoke them: a batch under way may still end well, within its timeout.
      await Promise.all([schedules.stop(), queues.stop(), asyncInvocations.stop(), api.close()]);
      await functions.close();
      await securityGroupProxy.close();
      sns.destroy();
      sqs.destroy();
    },
  };
}
