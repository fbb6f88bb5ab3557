import * as z from 'zod';
import { HopelessMessageError } from '../errors.ts';
import { columnBytes, type Client } from './client.ts';
import { normalizeRut } from './rut.ts';

/** The version of the contract that this file reads. */
export const messageSchemaVersion = 1;

/** Text that fits its column and that a database can keep: neither takes NUL nor a half surrogate pair. */
const text = (maxBytes: number) =>
  z
    .string()
    .trim()
    .min(1)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), {
      error: 'expected well-formed text without NUL',
      abort: true,
    })
    .refine((value) => Buffer.byteLength(value) <= maxBytes, {
      error: `expected at most ${maxBytes} bytes of UTF-8`,
    });

/** A change of one client, as it travels through `customers-topic`. */
export const messageSchema = z.strictObject({
  schemaVersion: z.literal(messageSchemaVersion),
  id: z.int().positive(),
  nombre: text(columnBytes.nombre),
  apellido: text(columnBytes.apellido),
  rut: z.string().transform((value, context) => {
    const rut = normalizeRut(value);
    if (rut !== undefined) return rut;
    context.issues.push({ code: 'custom', input: value, message: 'expected a RUT with its check digit' });
    return z.NEVER;
  }),
  correo: text(columnBytes.correo).pipe(z.email({ error: 'expected an e-mail address' })),
  /** When it happened: ISO 8601, UTC, with milliseconds. The newest decides, whatever arrives last. */
  occurredAt: z.iso.datetime({ precision: 3, error: 'expected ISO 8601 in UTC with milliseconds' }),
});

/** A checked message, its text trimmed and its RUT normalised. */
export type Message = Client & z.output<typeof messageSchema>;

/**
 * Reads a message's body.
 * @throws HopelessMessageError naming the first field that is wrong, never its value.
 */
export function parseMessage(body: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new HopelessMessageError('messageNotJson', 'expected JSON');
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version !== messageSchemaVersion) {
    throw new HopelessMessageError(
      'messageVersionUnsupported',
      `expected schemaVersion ${messageSchemaVersion}; deploy a subscriber that reads the newer one, then redrive`,
    );
  }
  const result = messageSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || '(the whole message)';
  throw new HopelessMessageError('messageInvalid', `${field}: ${describe(issue)}`);
}

/** A field unknown to the contract has a name of the sender's choosing: it is not repeated. */
const describe = (issue: z.core.$ZodIssue | undefined): string =>
  issue?.code === 'unrecognized_keys'
    ? 'expected no field beyond those of the contract'
    : (issue?.message ?? '');
