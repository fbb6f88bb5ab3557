/** The functions' code cannot be bundled. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly problem: string;

  constructor(problem: string, options?: ErrorOptions) {
    super(`bundling the functions: ${problem}`, options);
    this.problem = problem;
  }
}

/** A fleet that cannot keep its reserve, found by arithmetic before anything is built. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly findings: readonly string[];

  constructor(stage: string, findings: readonly string[]) {
    super(`stage "${stage}" cannot be built as configured: ${findings.join(' ')}`);
    this.findings = findings;
  }
}

/** Templates that CloudFormation would take and that would not do what they are for. */
export class TemplateRuleError extends Error {
  override readonly name = 'TemplateRuleError';
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(
      `the templates break rules (infra/rules):\n${findings.map((finding) => `  ${finding}`).join('\n')}`,
    );
    this.findings = findings;
  }
}
