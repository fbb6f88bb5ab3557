import type { LoadAnswer, LoadRequest } from '../../fleet/serviceLoad.ts';
import { clientOf, rutCheckDigit } from './clients.ts';

/** `GET /getClient`. */
export const getClient = (
  name: string,
  query: Readonly<Record<string, string>>,
  statuses: readonly number[],
): LoadRequest => ({ name, path: '/getClient', query, statuses });

/** Asks for a client made from its id, and compares the whole answer. */
export const lookUp = (id: number): LoadRequest => ({
  ...getClient('getClient', { client_id: String(id) }, [200]),
  isRight: (answer) => {
    const expected: Record<string, unknown> = { ...clientOf(id) };
    const body = bodyOf(answer);
    return body !== undefined && Object.keys(expected).every((field) => body[field] === expected[field]);
  },
});

/** Whether the answer is some client with this id, as the API answers one. */
export function isClient(answer: LoadAnswer, id: number): boolean {
  const body = bodyOf(answer);
  if (!body || body['id'] !== id) return false;
  const [rutBody = '', digit = ''] = String(body['rut']).split('-');
  const texts = [body['nombre'], body['apellido'], body['correo']];
  return (
    rutCheckDigit(Number(rutBody)) === digit && texts.every((text) => typeof text === 'string' && text !== '')
  );
}

/** The body as an object; undefined when it is anything else. */
function bodyOf({ body }: LoadAnswer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
