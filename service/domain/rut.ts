import { format, validate } from 'rut.js';

/** How a RUT may be written: `12.345.678-5`, `12345678-5` or `123456785`, up to 99,999,999. */
export const rutPattern = /^\s*(?:[1-9]\d{0,2}(?:\.?\d{3})?|[1-9]\d?(?:\.?\d{3}){2})-?[\dkK]\s*$/;

/**
 * A RUT as `clientes` keeps it (`12345678-5`, an upper-case K), or undefined when it is none: wrong check
 * digit, wrong shape, leading zero.
 */
export function normalizeRut(text: string): string | undefined {
  const trimmed = text.trim();
  if (!rutPattern.test(trimmed) || !validate(trimmed)) return undefined;
  return format(trimmed, { dots: false });
}
