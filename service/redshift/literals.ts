/**
 * Text for the statements that take no parameters (CREATE USER, GRANT, and whatever runs in a Data API
 * batch). Everything else binds its values.
 */

/** A string literal. Backslashes stay as they are under standard_conforming_strings; Redshift reads them as
 * escapes, so they are refused. */
export function quoteLiteral(value: string): string {
  if (/[\\\0]/.test(value)) throw new RangeError('expected no backslash and no NUL in an SQL literal');
  return `'${value.replaceAll("'", "''")}'`;
}

/** An identifier, case and all. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0'))
    throw new RangeError('expected a non-empty SQL identifier without NUL');
  return `"${name.replaceAll('"', '""')}"`;
}
