import { format, validate } from 'rut.js';

/** `12.345.678-5`, `12345678-5` or `123456785`; up to 99,999,999, the highest an eight-digit RUT goes. */
const longest = '99.999.999-9'.length;

/**
 * A RUT as `clientes` keeps it (`12345678-5`, an upper-case K), or undefined when it is none: wrong check
 * digit, wrong shape, leading zero.
 */
export function normalizeRut(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longest || !validate(trimmed)) return undefined;
  return format(trimmed, { dots: false });
}
