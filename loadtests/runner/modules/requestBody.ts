import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { ScriptError } from '../../errors.ts';

/** A file of a multipart form; made by `http.file`. */
export class FileData {
  readonly data: unknown;
  readonly filename: string;
  readonly content_type: string;

  constructor(data: unknown, filename: string, contentType: string) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
}

/** What a script gives as body, as it is sent; an object becomes a form, with files one of several parts. */
export function bodyOf(api: string, body: unknown): { bytes: Uint8Array | null; type?: string } {
  if (body === undefined || body === null) return { bytes: null };
  if (typeof body === 'string' || isBytes(body)) return { bytes: bytesOf(api, body) };
  if (typeof body !== 'object')
    throw new ScriptError(api, `body: expected a string, an ArrayBuffer or an object, not a ${typeof body}`);
  const fields = Object.entries(body as Record<string, unknown>);
  if (fields.some(([, value]) => value instanceof FileData)) return multipart(api, fields);
  const form = new URLSearchParams();
  for (const [name, value] of fields.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) form.append(name, String(each));
  return { bytes: Buffer.from(form.toString()), type: 'application/x-www-form-urlencoded' };
}

function multipart(api: string, fields: readonly [string, unknown][]): { bytes: Uint8Array; type: string } {
  const boundary = randomUUID().replaceAll('-', '');
  const parts = fields.flatMap(([name, value]) => {
    const field = `form-data; name="${escaped(name)}"`;
    const head =
      value instanceof FileData
        ? `Content-Disposition: ${field}; filename="${escaped(value.filename)}"\r\nContent-Type: ${value.content_type}`
        : `Content-Disposition: ${field}`;
    const content = value instanceof FileData ? bytesOf(api, value.data) : Buffer.from(String(value));
    return [Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), content, Buffer.from('\r\n')];
  });
  return {
    bytes: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');

const isBytes = (value: unknown): value is ArrayBuffer | ArrayBufferView =>
  types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value);

function bytesOf(api: string, data: unknown): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (types.isAnyArrayBuffer(data)) return new Uint8Array(data as ArrayBuffer);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new ScriptError(api, 'data: expected a string or an ArrayBuffer');
}
