import { join } from 'node:path';
import { parseFleet } from '../../fleet/fleet.ts';
import { resourcesOf as resourcesIn, type Template } from '../rules/template.ts';
import { synthesize, type SynthesisOptions } from '../synth.ts';
import { contract } from '../../service/contract.ts';

export const expectedPeak = { requestsPerSecond: 30, messagesPerSecond: 5 };

/** Three systems on two stages, told apart from the project's own by their names. */
export const exampleFleet = parseFleet({
  service: contract,
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
): [string, Record<string, unknown>][] => resourcesIn(template!, type);

export const propertiesOf = (template: Template | undefined, type: string): Record<string, unknown>[] =>
  resourcesOf(template, type).map(([, properties]) => properties);

/** Visits every object inside a value. */
export function everything(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  visit(value as Record<string, unknown>);
  for (const child of Object.values(value)) everything(child, visit);
}
