/**
 * The id that an iteration asks for: every seeded id once before any is repeated, in an order that differs by system,
 * so that no result cache answers a run. Imports nothing.
 * @param count fewer than 7,919, or no multiple of it
 */
export function seededIdOf(
  { firstId, count }: Readonly<{ firstId: number; count: number }>,
  iteration: number,
  system: string,
): number {
  let offset = 0;
  for (let index = 0; index < system.length; index += 1)
    offset = (offset * 31 + system.charCodeAt(index)) % 7_919;
  // 7919 is prime and no divisor of the count: the step visits every id.
  return firstId + ((iteration * 7_919 + offset) % count);
}
