/** CloudWatch refused to hand out a metric, so no verdict can follow. */
export class MetricsForbiddenError extends Error {
  override readonly name = 'MetricsForbiddenError';

  constructor(metrics: readonly string[]) {
    super(
      `CloudWatch denies access to ${metrics.join(', ')}: ` +
        'the credentials in use need cloudwatch:GetMetricData in the account that owns the stage',
    );
  }
}
