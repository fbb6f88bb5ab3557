import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsError } from './errors.ts';

/** More than any action served here accepts: PutMetricData takes 1 MB, an SQS batch 1 MiB. */
const maximumBytes = 2 * 1024 * 1024;
const maximumUnzippedBytes = 16 * 1024 * 1024;

const unzip = promisify(gunzip);

/** @throws AwsError `RequestEntityTooLarge` */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): AwsError =>
    new AwsError('RequestEntityTooLarge', `expected a body of at most ${maximumBytes} bytes`, {
      statusCode: 413,
    });
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as the client had it before it compressed it. */
export async function decompress(body: Buffer, contentEncoding: string | undefined): Promise<Buffer> {
  if (contentEncoding === undefined || contentEncoding === 'identity') return body;
  if (contentEncoding !== 'gzip') {
    throw new AwsError('SerializationException', `Content-Encoding "${contentEncoding}": expected gzip`);
  }
  try {
    return await unzip(body, { maxOutputLength: maximumUnzippedBytes });
  } catch {
    throw new AwsError(
      'SerializationException',
      `expected a gzip body of at most ${maximumUnzippedBytes} bytes unzipped`,
    );
  }
}
