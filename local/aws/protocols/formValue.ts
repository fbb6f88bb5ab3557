import { z } from 'zod';

/** What a form holds: texts, in lists and structures. */
export type FormValue = string | FormValue[] | { [member: string]: FormValue };

/**
 * A form's value with every text as what the schema expects in its place: numbers, booleans, points in time, and lists
 * that the query protocol wraps once more (`AlarmNames.member.1`). What does not fit stays as it is, for the schema
 * to refuse.
 */
export function typed(schema: z.core.$ZodType, value: FormValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return typed(schema.def.innerType, value);
  }
  if (schema instanceof z.ZodPipe) return typed(schema.def.in, value);
  if (schema instanceof z.ZodArray) {
    const items = itemsOf(value);
    return items ? items.map((item) => typed(schema.element, item)) : value;
  }
  if (schema instanceof z.ZodObject) return membersOf(schema, value);
  if (typeof value !== 'string') return value;
  if (schema instanceof z.ZodNumber) return numberOf(schema, value);
  if (schema instanceof z.ZodBoolean && /^(true|false)$/.test(value)) return value === 'true';
  if (schema instanceof z.ZodLiteral || schema instanceof z.ZodUnion) {
    return [value, numeric(value), value === 'true'].find((each) => schema.safeParse(each).success) ?? value;
  }
  return value;
}

/** An empty list is an empty text. */
function itemsOf(value: FormValue): FormValue[] | undefined {
  if (value === '') return [];
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return undefined;
  const [wrapped, ...others] = Object.values(value);
  return others.length === 0 && Array.isArray(wrapped) ? wrapped : undefined;
}

function membersOf(schema: z.ZodObject, value: FormValue): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const expected = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
      return [name, expected ? typed(expected, member) : member];
    }),
  );
}

/** A point in time is a number of seconds within, and written as ISO 8601. */
function numberOf(schema: z.ZodNumber, text: string): number | string {
  if (schema.meta()?.['pointInTime'] === true) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? text : ms / 1_000;
  }
  return numeric(text) ?? text;
}

const numeric = (text: string): number | undefined =>
  text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
