/** So many requests a second to these actions of a service, all together, from one account in one region. */
export interface ApiQuota {
  /** The service's name in signatures. */
  service: string;
  actions: readonly string[];
  perSecond: number;
}

/**
 * AWS's default rates of the calls that our own tools make in numbers that grow with the fleet. The clients of the
 * tools are paced by them, the probe's budget and `plan` are computed from them, and the stage on this machine
 * imposes them.
 *
 * Redshift Data API, not adjustable, as measured and quoted by its users (jitsucom/jitsu, pull request 1462, of
 * 2026-08-14; read on 2026-11-26). AWS publishes them in the Service Quotas console only; the figures of
 * BatchExecuteStatement and CancelStatement stand in no copy that could be read, and are taken to be small.
 *
 * CloudWatch: https://docs.aws.amazon.com/general/latest/gr/cw_region.html ("Rate of … requests"), where GetMetricData
 * has 500 a second since it was raised from 50. Parameter Store, at the default throughput, which the reads share:
 * https://docs.aws.amazon.com/general/latest/gr/ssm.html. Both read on 2026-11-26.
 */
export const apiQuotas = [
  { service: 'redshift-data', actions: ['ExecuteStatement'], perSecond: 30 },
  { service: 'redshift-data', actions: ['BatchExecuteStatement'], perSecond: 20 },
  { service: 'redshift-data', actions: ['DescribeStatement'], perSecond: 100 },
  { service: 'redshift-data', actions: ['GetStatementResult'], perSecond: 20 },
  { service: 'redshift-data', actions: ['CancelStatement'], perSecond: 3 },
  { service: 'ssm', actions: ['GetParameter', 'GetParameters', 'GetParametersByPath'], perSecond: 40 },
  { service: 'monitoring', actions: ['DescribeAlarms'], perSecond: 9 },
  { service: 'monitoring', actions: ['DescribeAlarmHistory'], perSecond: 20 },
  { service: 'monitoring', actions: ['SetAlarmState'], perSecond: 3 },
  { service: 'monitoring', actions: ['DisableAlarmActions'], perSecond: 3 },
  { service: 'monitoring', actions: ['EnableAlarmActions'], perSecond: 3 },
  { service: 'monitoring', actions: ['GetMetricData'], perSecond: 500 },
  { service: 'monitoring', actions: ['ListMetrics'], perSecond: 25 },
  { service: 'monitoring', actions: ['GetDashboard'], perSecond: 10 },
  { service: 'monitoring', actions: ['ListDashboards'], perSecond: 10 },
] as const satisfies readonly ApiQuota[];

/** Statements a second that an account gets the rows of: of the calls that each takes, GetStatementResult has the least. */
export const statementsPerSecond = Math.min(
  ...apiQuotas
    .filter(({ actions: [action] }) => action === 'ExecuteStatement' || action === 'GetStatementResult')
    .map(({ perSecond }) => perSecond),
);
