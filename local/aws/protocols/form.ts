import type { z } from 'zod';
import { AwsError } from '../errors.ts';
import { typed, type FormValue } from './formValue.ts';
import type { HttpRequest } from './protocol.ts';

/** AWS nests a handful of levels; more is no request of an SDK. */
const maximumDepth = 12;

/** The `Action` of a form-encoded request. */
export function formAction({ headers, body }: HttpRequest): string | undefined {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  return new URLSearchParams(body.toString('utf8')).get('Action') ?? undefined;
}

/**
 * `Filter.1.Value.2=x` as `{ Filter: [{ Value: [, 'x'] }] }`, with every text as what the schema expects there; lists
 * are members named 1, 2, 3….
 */
export function readForm({ body }: HttpRequest, schema: z.ZodType): unknown {
  const root = emptyNode();
  for (const [key, value] of new URLSearchParams(body.toString('utf8'))) {
    if (key === 'Action' || key === 'Version') continue;
    const path = key.split('.');
    if (path.length > maximumDepth)
      throw new AwsError('MalformedQueryString', `parameter nested too deep: ${key}`);
    const last = path.pop() ?? '';
    let node = root;
    for (const member of path) {
      const next = node[member];
      if (typeof next === 'object' && !Array.isArray(next)) node = next;
      else node = node[member] = emptyNode();
    }
    node[last] = value;
  }
  return typed(schema, withLists(root));
}

/** Without a prototype: a member may have any name. */
const emptyNode = (): { [member: string]: FormValue } =>
  Object.create(null) as { [member: string]: FormValue };

function withLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, withLists(member)] as const);
  if (entries.length === 0 || !entries.every(([key]) => /^[1-9]\d*$/.test(key))) {
    return Object.fromEntries(entries);
  }
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => member);
}
