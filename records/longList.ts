import { z } from 'zod';

/**
 * A list of many small objects: each is checked, and kept as it is. A copy of each, as zod makes elsewhere, takes hundreds
 * of megabytes of a day's record.
 */
export function longListOf<Item>(item: z.ZodType<Item>): z.ZodType<Item[]> {
  const checked = z.array(z.unknown()).superRefine((list, context) => {
    for (const [index, each] of list.entries()) {
      for (const issue of item.safeParse(each).error?.issues ?? []) {
        context.addIssue({ ...issue, path: [index, ...issue.path] });
      }
    }
  });
  const { $schema: _, ...list } = z.toJSONSchema(z.array(item), { io: 'input', unrepresentable: 'any' });
  return checked.meta(list) as unknown as z.ZodType<Item[]>;
}
