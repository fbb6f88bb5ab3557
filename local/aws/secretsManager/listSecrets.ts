import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';

const filterSchema = z.strictObject({
  Key: z.enum(['name', 'description', 'all'], { error: 'expected name, description or all on this stage' }),
  Values: z.array(z.string()).min(1).max(10),
});

export const listSecrets = defineAction({
  name: 'ListSecrets',
  input: z.strictObject({
    Filters: z.array(filterSchema).max(10).default([]),
    MaxResults: z.number().int().min(1).max(100).default(100),
    NextToken: z.string().optional(),
    SortOrder: z.enum(['asc', 'desc']).default('desc'),
    SortBy: z.enum(['created-date', 'last-changed-date', 'name']).default('created-date'),
    // Nothing is deleted here but the stage itself.
    IncludePlannedDeletion: z.boolean().optional(),
  }),
  handle: ({ Filters, MaxResults, NextToken, SortOrder, SortBy }, { state }) => {
    const found = state.secrets.all().filter((secret) => Filters.every((filter) => passes(filter, secret)));
    const ordered = found.toSorted((a, b) =>
      SortBy === 'name' ? (a.name < b.name ? -1 : 1) : a.createdMs - b.createdMs,
    );
    const { items, nextToken } = page(
      SortOrder === 'asc' ? ordered : ordered.toReversed(),
      MaxResults,
      NextToken,
      refusalAs('InvalidNextTokenException'),
    );
    return {
      SecretList: items.map((secret) => ({
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        CreatedDate: new Date(secret.createdMs),
        LastChangedDate: new Date(secret.createdMs),
        SecretVersionsToStages: { [secret.versionId]: ['AWSCURRENT'] },
      })),
      NextToken: nextToken,
    };
  },
});

/** Values are beginnings, of the whole for a name and of any word otherwise; `!` before one excludes it. */
function passes(
  { Key, Values }: z.output<typeof filterSchema>,
  { name, description = '' }: { name: string; description?: string | undefined },
): boolean {
  const begins = (value: string): boolean =>
    (Key !== 'description' && name.startsWith(value)) ||
    (Key !== 'name' &&
      description.split(/\W+/).some((word) => word.toLowerCase().startsWith(value.toLowerCase())));
  return Values.some((value) => (value.startsWith('!') ? !begins(value.slice(1)) : begins(value)));
}
