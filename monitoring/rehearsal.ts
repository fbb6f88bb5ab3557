/** What a stage on one machine does not exercise, whatever passed there. The README says the same. */
export const notExercised: readonly string[] = [
  'absolute capacity',
  "Redshift's planner and storage",
  'IAM policies',
  'KMS',
  'WAF',
  'quotas',
  'the CDK deployment itself',
  'real networks',
];

const [last, ...others] = notExercised.toReversed();

/** Stands in every report of such a stage, so that nobody trusts it for more. */
export const rehearsalNote =
  'A rehearsal on one machine, which does not authorise a deployment. It does not exercise ' +
  `${others.toReversed().join(', ')}, or ${last}.`;
