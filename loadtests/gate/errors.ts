/** CloudWatch refused to hand out a metric, so no verdict can follow. */
export class MetricsForbiddenError extends Error {
  override readonly name = 'MetricsForbiddenError';

  constructor(metrics: readonly string[]) {
    super(
      `CloudWatch refuses to hand out ${metrics.join(', ')}: ` +
        'the credentials in use need cloudwatch:GetMetricData in the account that owns the stage',
    );
  }
}

/** The parameter that keeps a stage's evidence holds something else. */
export class GateEvidenceError extends Error {
  override readonly name = 'GateEvidenceError';
  constructor(parameter: string, options?: ErrorOptions) {
    super(`parameter ${parameter} holds no evidence; record it anew with "headroom gate --record".`, options);
  }
}
