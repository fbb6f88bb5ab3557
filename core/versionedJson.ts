import type { z } from 'zod';

/** What a JSON document of a versioned format turned out to be. Problems name the field and what was expected. */
export type VersionedJson<T> =
  | { state: 'readable'; document: T }
  | { state: 'unreadable'; problem: string }
  | { state: 'otherVersion'; version: number; problem: string };

/**
 * Reads a document that carries its format's version as `schemaVersion`. It is taken as a whole, or not at all.
 * @param schema with the version as a literal
 */
export function parseVersionedJson<T>(schema: z.ZodType<T>, text: string): VersionedJson<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { state: 'unreadable', problem: `not JSON: ${(error as SyntaxError).message}` };
  }
  const result = schema.safeParse(value);
  if (result.success) return { state: 'readable', document: result.data };
  const { issues } = result.error;
  const version = versionOf(value);
  const ofVersion = issues.find(({ path }) => path.length === 1 && path[0] === 'schemaVersion');
  if (ofVersion && version !== undefined) {
    const problem = `schemaVersion: ${ofVersion.message}, received ${version}: another version wrote it`;
    return { state: 'otherVersion', version, problem };
  }
  return { state: 'unreadable', problem: describeIssues(issues) };
}

function versionOf(value: unknown): number | undefined {
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value && value.schemaVersion;
  return typeof version === 'number' ? version : undefined;
}

/** `records.0.verdict: Invalid option: expected one of "pass"|"fail" (and 2 more)`: the first, with its field. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (!first) return 'unexpected shape';
  // The field is the one that nobody expected there, not the one that holds it.
  const path = first.code === 'unrecognized_keys' ? [...first.path, first.keys[0]] : first.path;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${path.length > 0 ? path.join('.') : 'the whole document'}: ${first.message}${more}`;
}
