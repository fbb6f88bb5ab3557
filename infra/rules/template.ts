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
  /** Routes that everybody may call, as the service's contract has it: `GET /healthcheck`. */
  openRoutes: readonly string[];
  /** Those that ask for an API key. */
  keyedRoutes: readonly string[];
}

/** Logical id and properties of every resource of a type. */
export const resourcesOf = (template: Template, type: string): [string, Record<string, unknown>][] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties]);

/** A statement of a policy, of a role or of a resource. */
export interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: unknown;
  Resource?: unknown;
  /** Of a resource's policy alone. */
  Principal?: '*' | { AWS?: unknown };
  Condition?: Record<string, Record<string, unknown>>;
}

/** Every statement inside a value, wherever its policy stands. */
export function statementsIn(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Statement' ? ([inner].flat() as Statement[]) : statementsIn(inner),
  );
}

/** A text with its references replaced by something as long as an ARN. */
export function roughly(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = (value ?? {}) as { 'Fn::Join'?: [string, unknown[]]; Ref?: string; 'Fn::GetAtt'?: string[] };
  if (node['Fn::Join']) return node['Fn::Join'][1].map(roughly).join(node['Fn::Join'][0]);
  return (node.Ref ?? node['Fn::GetAtt']?.join('.') ?? '').padEnd(110, '-');
}
