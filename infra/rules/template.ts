/** A CloudFormation template, as far as rules look at it. */
export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, unknown>;
}

export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** Something that neither CloudFormation's own rules nor cdk-nag catch. */
export interface Rule {
  name: string;
  /** What offends, each in one sentence that names the resource. */
  check(template: Template, context: RuleContext): string[];
}

export interface RuleContext {
  /** Shortest period of metrics that the stage may ask for. */
  shortestPeriodSeconds: number;
}

/** Logical id and properties of every resource of a type. */
export const resourcesOf = (template: Template, type: string): [string, Record<string, unknown>][] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties]);

/** A text with its references replaced by something as long as an ARN. */
export function roughly(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = (value ?? {}) as { 'Fn::Join'?: [string, unknown[]]; Ref?: string; 'Fn::GetAtt'?: string[] };
  if (node['Fn::Join']) return node['Fn::Join'][1].map(roughly).join(node['Fn::Join'][0]);
  return (node.Ref ?? node['Fn::GetAtt']?.join('.') ?? '').padEnd(110, '-');
}
