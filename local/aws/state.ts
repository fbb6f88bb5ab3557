import type { Clock } from '../../core/clock.ts';
import type { RestApi } from '../api/definition.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { apiQuotas } from '../../fleet/apiQuotas.ts';
import { ApiThrottle } from './apiThrottle.ts';
import { WithheldMetrics } from './cloudwatch/withheldMetrics.ts';
import { Stacks } from './cloudformation/stacks.ts';
import { SecurityGroups } from './ec2/securityGroups.ts';
import { Functions } from './lambda/functions.ts';
import { LogGroups } from './logs/logGroups.ts';
import { LogQueries } from './logs/queries.ts';
import { Messaging, type MessagingOptions } from './messaging/messaging.ts';
import { SentMessages } from './messaging/sentMessages.ts';
import { Clusters } from './redshift/clusters.ts';
import { Statements } from './redshiftData/statements.ts';
import { OneTimeSchedules } from './scheduler/schedules.ts';
import { Secrets } from './secretsManager/secrets.ts';
import { Parameters } from './ssm/parameters.ts';

/** What the endpoint serves, and the rest of the stage reads and writes. */
export interface AwsState {
  /** Refuses calls that come faster than an account may make them. */
  apiThrottle: ApiThrottle;
  metrics: MetricStore;
  withheld: WithheldMetrics;
  alarms: Alarms;
  /** Bodies of the dashboards, by name. */
  dashboards: Map<string, string>;
  logGroups: LogGroups;
  functions: Functions;
  logQueries: LogQueries;
  oneTimeSchedules: OneTimeSchedules;
  securityGroups: SecurityGroups;
  /** REST APIs by id: the front that answers for them shares them. */
  restApis: Map<string, RestApi>;
  secrets: Secrets;
  stacks: Stacks;
  parameters: Parameters;
  clusters: Clusters;
  statements: Statements;
  messaging: Messaging;
}

/** An empty account; alarms publish to its topics. */
export function createAwsState({
  clock,
  queueFaults,
  persistent,
  ...account
}: MessagingOptions & { clock: Clock }): AwsState {
  const metrics = new MetricStore(() => clock.now());
  const observer = new SentMessages(metrics, () => clock.now());
  const functions = new Functions();
  const messaging = new Messaging({
    ...account,
    queueFaults,
    persistent,
    observer,
    notified: {
      now: () => clock.now(),
      // To a function that is no more SNS sends nothing, and whoever publishes is told nothing of it.
      send: ({ functionArn, event }) => {
        if (functions.find(functionArn)) functions.send(functionArn, event);
      },
    },
  });
  const clusters = new Clusters(clock);
  const secrets = new Secrets(account);
  return {
    apiThrottle: new ApiThrottle(apiQuotas),
    metrics,
    withheld: new WithheldMetrics(),
    alarms: new Alarms({
      ...account,
      metrics,
      publish: (topicArn, notification) => messaging.publish(topicArn, notification),
    }),
    dashboards: new Map(),
    logGroups: new LogGroups(),
    functions,
    logQueries: new LogQueries(),
    oneTimeSchedules: new OneTimeSchedules(),
    securityGroups: new SecurityGroups(),
    restApis: new Map(),
    secrets,
    stacks: new Stacks(),
    parameters: new Parameters(account),
    clusters,
    statements: new Statements({ clusters, secrets, clock }),
    messaging,
  };
}
