import { join } from 'node:path';
import { parseFleet } from '../fleet.ts';
import { synthesize, type SynthesisOptions } from '../synth.ts';

/** What tests read of a CloudFormation template. */
export interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

export const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };

/** Three systems on two stages, told apart from the project's own by their names. */
export const exampleFleet = parseFleet({
  region: 'us-east-1',
  systems: ['orders', 'payments', 'returns'].map((name) => ({ name, expectedPeak })),
  stages: {
    prod: {},
    local: { account: '000000000000', periodSeconds: 10, database: { connectionLimit: 50 } },
  },
  onCall: { emails: ['on-call@example.com'], httpsEndpoints: ['https://example.com/page'] },
});

/** Templates by stack name. */
export async function templatesOf(
  directory: string,
  name: string,
  options: Omit<SynthesisOptions, 'outputDirectory'>,
): Promise<Record<string, Template>> {
  const assembly = await synthesize({ ...options, outputDirectory: join(directory, name) });
  return Object.fromEntries(assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]));
}

/** Logical id and properties of every resource of a type. */
export const resourcesOf = (
  template: Template | undefined,
  type: string,
): [string, Record<string, unknown>][] =>
  Object.entries(template!.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties]);

export const propertiesOf = (template: Template | undefined, type: string): Record<string, unknown>[] =>
  resourcesOf(template, type).map(([, properties]) => properties);

/** Visits every object inside a value. */
export function everything(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  visit(value as Record<string, unknown>);
  for (const child of Object.values(value)) everything(child, visit);
}

/** A text with its references replaced by something as long as an ARN. */
export function roughly(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = value as { 'Fn::Join'?: [string, unknown[]]; Ref?: string; 'Fn::GetAtt'?: string[] };
  if (node['Fn::Join']) return node['Fn::Join'][1].map(roughly).join('');
  return (node.Ref ?? node['Fn::GetAtt']?.join('.') ?? '').padEnd(110, '-');
}
