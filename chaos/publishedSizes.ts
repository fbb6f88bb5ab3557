import {
  DeleteAliasCommand,
  DeleteFunctionCommand,
  ResourceNotFoundException,
  paginateListAliases,
  paginateListVersionsByFunction,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { callLimit } from '../monitoring/callLimit.ts';

export const publishedSizesSchema = z.strictObject({
  functionName: z.string(),
  /** The function's description while a size is published, and of each version: by it they are known again. */
  tag: z.string(),
  /** What the function is to have again. */
  memoryMiB: z.number().int(),
  description: z.string(),
  sizesMiB: z.array(z.number().int()),
});

/** A function and the memory sizes in which it is published. */
export type PublishedSizes = z.infer<typeof publishedSizesSchema>;

/** An alias a size; the tag is in its name, so that it is nobody else's. */
export const aliasOf = ({ tag }: Pick<PublishedSizes, 'tag'>, memoryMiB: number): string =>
  `${tag.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${memoryMiB}`;

/** Removes the aliases and versions of all sizes. @returns the names of those that are there still */
export async function removePublished(lambda: LambdaClient, sizes: PublishedSizes): Promise<string[]> {
  await removeAliases(lambda, sizes);
  await removeVersions(lambda, sizes);
  return [...(await aliasesOf(lambda, sizes)), ...(await versionsOf(lambda, sizes))];
}

async function removeAliases(lambda: LambdaClient, sizes: PublishedSizes): Promise<void> {
  for (const Name of await aliasesOf(lambda, sizes)) {
    await ifThere(
      lambda.send(new DeleteAliasCommand({ FunctionName: sizes.functionName, Name }), {
        abortSignal: callLimit(),
      }),
    );
  }
}

async function removeVersions(lambda: LambdaClient, sizes: PublishedSizes): Promise<void> {
  for (const Qualifier of await versionsOf(lambda, sizes)) {
    // Without a qualifier this call deletes the function, with all that it has.
    if (!/^\d+$/.test(Qualifier)) throw new TypeError(`"${Qualifier}" is no version`);
    await ifThere(
      lambda.send(new DeleteFunctionCommand({ FunctionName: sizes.functionName, Qualifier }), {
        abortSignal: callLimit(),
      }),
    );
  }
}

/** Somebody else may have removed it in between. */
async function ifThere(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

async function aliasesOf(client: LambdaClient, sizes: PublishedSizes): Promise<string[]> {
  const ours = new Set(sizes.sizesMiB.map((memoryMiB) => aliasOf(sizes, memoryMiB)));
  const names: string[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client }, { FunctionName: sizes.functionName }))
    names.push(...Aliases.flatMap(({ Name = '' }) => (ours.has(Name) ? [Name] : [])));
  return names;
}

async function versionsOf(client: LambdaClient, { functionName, tag }: PublishedSizes): Promise<string[]> {
  const versions: string[] = [];
  const pages = paginateListVersionsByFunction({ client }, { FunctionName: functionName });
  for await (const { Versions = [] } of pages)
    versions.push(
      ...Versions.flatMap(({ Version = '', Description }) =>
        Version !== '$LATEST' && Description === tag ? [Version] : [],
      ),
    );
  return versions;
}
