import { types } from 'node:util';
import { ScriptError } from '../../errors.ts';
import { k6Module } from './refuse.ts';

function encode(input: unknown, variant = 'std'): string {
  if (typeof input !== 'string' && !types.isAnyArrayBuffer(input)) {
    throw new ScriptError('encoding.b64encode', 'expected a string or an ArrayBuffer');
  }
  const padded = (typeof input === 'string' ? Buffer.from(input, 'utf8') : Buffer.from(input)).toString(
    'base64',
  );
  const standard = variant.startsWith('raw') ? padded.replaceAll('=', '') : padded;
  return variant.endsWith('url') ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard;
}

// Node reads every variant alike.
function decode(input: string, _variant = 'std', format = ''): string | ArrayBuffer {
  const bytes = Buffer.from(input, 'base64');
  return format === 's' ? bytes.toString('utf8') : new Uint8Array(bytes).buffer;
}

/** The module `k6/encoding`. */
export const encoding = (): Record<string, unknown> =>
  k6Module('k6/encoding', { b64encode: encode, b64decode: decode }, []);
