import * as z from 'zod';
import { NonRetryableMessageError } from '../errors.ts';
import { columnBytes, type Client } from './client.ts';
import { normalizeRut, rutPattern } from './rut.ts';

/** The version of the contract that this file reads. */
export const messageSchemaVersion = 1;

/**
 * Text that fits its column and that a database can keep, byte for byte as it was sent: neither takes NUL
 * nor a half surrogate pair. Unicode is not normalised, blanks are not trimmed.
 */
const text = (schema: z.ZodString | z.ZodEmail, maxBytes: number, description: string) =>
  schema
    .refine((value) => value.trim() !== '', { error: 'expected more than blanks', abort: true })
    .refine((value) => !value.includes('\0') && value.isWellFormed(), {
      error: 'expected well-formed text without NUL',
      abort: true,
    })
    .refine((value) => Buffer.byteLength(value) <= maxBytes, {
      error: `expected at most ${maxBytes} bytes of UTF-8`,
    })
    // What JSON Schema can say of it: it counts characters, each of which takes a byte at least.
    .meta({
      description: `${description}, at most ${maxBytes} bytes of UTF-8, kept as it is sent`,
      minLength: 1,
      maxLength: maxBytes,
    });

/** A change of one client, as it travels through `customers-topic`. */
export const messageSchema = z
  .strictObject({
    schemaVersion: z.literal(messageSchemaVersion),
    id: z.int().positive().meta({ description: 'The client' }),
    nombre: text(z.string(), columnBytes.nombre, 'First names'),
    apellido: text(z.string(), columnBytes.apellido, 'Last names'),
    rut: z
      .string()
      .regex(rutPattern, { error: 'expected a RUT', abort: true })
      .meta({ description: 'RUT with its right check digit, with or without dots and hyphen' })
      .transform((value, context) => {
        const rut = normalizeRut(value);
        if (rut !== undefined) return rut;
        context.issues.push({ code: 'custom', input: value, message: 'expected a RUT with its check digit' });
        return z.NEVER;
      }),
    correo: text(z.email({ error: 'expected an e-mail address' }), columnBytes.correo, 'E-mail address'),
    occurredAt: z.iso
      .datetime({ precision: 3, error: 'expected ISO 8601 in UTC with milliseconds' })
      // A wrong unit or a typing error must not outlive every real event.
      .regex(/^20\d\d-/, { error: 'expected a year from 2000 to 2099' })
      .meta({
        description: 'When it happened, at most a day ahead; the newest decides, whatever arrives last',
      }),
  })
  .meta({ title: 'Change of one client, as it travels through customers-topic' });

/** A checked message, its RUT normalised. */
export type Message = Client & z.output<typeof messageSchema>;

/**
 * Reads a message's body.
 * @throws NonRetryableMessageError naming the first field that is wrong, never its value.
 */
export function parseMessage(body: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new NonRetryableMessageError('messageNotJson', 'expected JSON');
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version !== messageSchemaVersion) {
    throw new NonRetryableMessageError(
      'messageVersionUnsupported',
      `expected schemaVersion ${messageSchemaVersion}; deploy a subscriber that reads the newer one, then redrive`,
    );
  }
  const result = messageSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || '(the whole message)';
  throw new NonRetryableMessageError('messageInvalid', `${field}: ${describe(issue)}`);
}

/** How far a sender's clock, or its time zone, may be ahead of ours. */
const maximumLeadMs = 24 * 3_600_000;

/**
 * Refuses an event from the future: it would win over every real one until its time comes.
 * @param nowMs milliseconds since the Unix epoch
 * @throws NonRetryableMessageError
 */
export function requireHappened({ occurredAt }: Message, nowMs: number): void {
  if (Date.parse(occurredAt) <= nowMs + maximumLeadMs) return;
  throw new NonRetryableMessageError('messageInvalid', 'occurredAt: expected at most a day ahead of now');
}

/** A field unknown to the contract has a name of the sender's choosing: it is not repeated. */
const describe = (issue: z.core.$ZodIssue | undefined): string =>
  issue?.code === 'unrecognized_keys'
    ? 'expected no field beyond those of the contract'
    : (issue?.message ?? '');
