import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { WireDocument } from '../wire.ts';
import type { AwsError } from '../errors.ts';
import type { SignatureError } from '../sigv4.ts';

export interface HttpRequest {
  method: string;
  /** Path without the query, still percent-encoded. */
  path: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  /** Already decompressed. */
  body: Buffer;
}

export interface HttpResponse {
  statusCode: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** How a service's documents travel. */
export interface Protocol {
  /** The action the request asks for, or undefined when it does not speak this protocol. */
  actionOf(request: HttpRequest): string | undefined;
  /**
   * @param schema what the action takes; a protocol whose values are all text reads each as what is expected there
   * @throws AwsError when the body is not what the protocol says.
   */
  read(request: HttpRequest, schema: z.ZodType): unknown;
  write(action: string, output: WireDocument, requestId: string): HttpResponse;
  writeError(error: AwsError, requestId: string): HttpResponse;
  /** The protocol's code and status for a signature that is refused. */
  signatureErrors: Readonly<Record<SignatureError, { code: string; statusCode: number }>>;
}

/** Whose fault an error is, in the words of the query protocol. */
export const faultOf = ({ statusCode }: AwsError): 'Sender' | 'Receiver' =>
  statusCode < 500 ? 'Sender' : 'Receiver';
