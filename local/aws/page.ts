/**
 * What every list action does with its NextToken: the token is the offset of the next page.
 * @throws what `refusal` makes of a token that is none
 */
export function page<Item>(
  all: readonly Item[],
  size: number,
  token: string | undefined,
  refusal: (message: string) => Error,
): { items: Item[]; nextToken: string | undefined } {
  const offset = token === undefined ? 0 : offsetOf(token);
  if (offset === undefined) throw refusal('NextToken: expected a token that this action returned');
  const end = offset + size;
  return {
    items: all.slice(offset, end),
    nextToken: end < all.length ? Buffer.from(`offset:${end}`).toString('base64url') : undefined,
  };
}

function offsetOf(token: string): number | undefined {
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}
