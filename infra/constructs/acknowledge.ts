import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type PolicyStatementProps, type Role } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

const id = (rule: string): string => `AwsSolutions::AwsSolutions-${rule}`;

/** Rules of cdk-nag's AwsSolutions that do not hold here, each with the reason. */
export function acknowledge(scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(scope).acknowledge(
    ...Object.entries(reasons).map(([rule, reason]) => ({ id: id(rule), reason })),
  );
}

export interface Statement extends PolicyStatementProps {
  resources: string[];
  /** Why it names resources by a pattern, where it does. */
  patternReason?: string;
}

/** Adds statements to a role, with the reasons of those whose resources are patterns. */
export function addStatements(role: Role, statements: readonly Statement[]): void {
  for (const { patternReason, ...statement } of statements) {
    role.addToPolicy(new PolicyStatement(statement));
    if (patternReason !== undefined) acknowledgePatterns(role, statement.resources, patternReason);
  }
}

/** cdk-nag wants each pattern by itself, with references written as `<Name>`. */
function acknowledgePatterns(role: Role, resources: readonly string[], reason: string): void {
  for (const resource of resources.filter((arn) => arn.includes('*'))) {
    acknowledge(role, { [`IAM5[Resource::${flatten(Stack.of(role).resolve(resource))}]`]: reason });
  }
}

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const reference = value as { 'Fn::Join'?: [string, unknown[]]; Ref?: string };
  if (reference['Fn::Join']) return reference['Fn::Join'][1].map(flatten).join(reference['Fn::Join'][0]);
  return `<${String(reference.Ref)}>`;
}
