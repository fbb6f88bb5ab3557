import { UsageError } from '../errors.ts';

/** Something of a system, as whoever made it calls it. */
export interface Fact {
  /** Of an output, or of a resource in its template. */
  name: string;
  value: string;
  /** CloudFormation's type of a resource; an output has none. */
  type?: string;
}

/**
 * What a file of outputs tells: `terraform output -json`, `cdk deploy --outputs-file`, or the `Outputs` of
 * `aws cloudformation describe-stacks`.
 * @throws UsageError when it is none of them
 */
export function factsInOutputs(text: string, path: string): Fact[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const facts = factsIn(parsed, '');
  if (facts.length > 0) return facts;
  throw new UsageError(
    `${path} has no outputs: expected the file of "terraform output -json", of "cdk deploy --outputs-file", or what ` +
      '"aws cloudformation describe-stacks" prints',
  );
}

function factsIn(value: unknown, name: string): Fact[] {
  if (typeof value === 'string') return name === '' ? [] : [{ name, value }];
  if (Array.isArray(value)) return value.flatMap((each) => factsIn(each, name));
  if (typeof value !== 'object' || value === null) return [];
  const { OutputKey, OutputValue, sensitive, value: output } = value as Record<string, unknown>;
  if (typeof OutputKey === 'string') return factsIn(OutputValue, OutputKey);
  // What Terraform calls sensitive is for no screen.
  if (sensitive === true) return [];
  if ('value' in value && 'type' in value) return factsIn(output, name);
  return Object.entries(value).flatMap(([key, each]) => factsIn(each, key));
}
