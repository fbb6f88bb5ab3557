import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
  paginateListAliases,
  paginateListVersionsByFunction,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { limits } from '../../monitoring/limits.ts';
import { FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import type { Fault } from './fault.ts';

const inverseSchema = z.strictObject({
  functionName: z.string(),
  /** The function's description while a size is published, and of each version: by it they are known again. */
  tag: z.string(),
  /** What the function is to have again. */
  memoryMiB: z.number().int(),
  description: z.string(),
  sizesMiB: z.array(z.number().int()),
});

/** A function and the memory sizes in which it is published. */
export type PublishedSizes = z.infer<typeof inverseSchema>;

/** An alias a size; the tag is in its name, so that it is nobody else's. */
export const aliasOf = ({ tag }: Pick<PublishedSizes, 'tag'>, memoryMiB: number): string =>
  `${tag.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${memoryMiB}`;

/** What the journal notes of each size. */
export const publishedSchema = z.strictObject({ memoryMiB: z.number().int(), version: z.string() });

/**
 * Publishes a version of a function for each memory size, with an alias. No drill does it, but the measurement of sizes:
 * it is here since what it leaves must be undone as a fault must.
 *
 * A version takes what the unpublished function is at that moment: for some seconds a size that one has its memory, and
 * whoever calls it is served with that. Between two steps nobody else may have changed it: each names the revision
 * that it saw.
 */
export const publishSizes: Fault = {
  name: 'publish-sizes',
  cutsTraffic: false,

  plan() {
    // Of what function, and in which sizes, no drill knows.
    throw new TypeError('publish-sizes is no part of a drill');
  },

  async obstacle(planned, { lambda }) {
    const { functionName } = inverseSchema.parse(planned);
    const { LastUpdateStatus, Description = '' } = await configurationOf(lambda, functionName);
    if (LastUpdateStatus === 'InProgress') return `${functionName} is being updated: wait until that is over`;
    return Description.startsWith(tagPrefix)
      ? `${functionName} is as an earlier measurement left it: run "headroom chaos restore"`
      : null;
  },

  // Only before a drill they are asked; docs/size.md lists them.
  permissions: () => Promise.resolve([]),

  async inject(planned, { clients: { lambda }, clock, signal, note }) {
    const sizes = inverseSchema.parse(planned);
    const { functionName, tag, description, memoryMiB: before } = sizes;
    let expected = { MemorySize: before, Description: description };
    for (const memoryMiB of sizes.sizesMiB) {
      signal.throwIfAborted();
      const now = await settled(lambda, functionName, clock);
      refuseOthersChange(now, expected);
      expected = { MemorySize: memoryMiB, Description: tag };
      await update(lambda, now, expected);
      const updated = await settled(lambda, functionName, clock);
      refuseOthersChange(updated, expected);
      const { Version = '' } = await lambda.send(
        new PublishVersionCommand({
          FunctionName: functionName,
          Description: tag,
          RevisionId: updated.RevisionId,
          CodeSha256: updated.CodeSha256,
        }),
        { abortSignal: callLimit() },
      );
      await note({ memoryMiB, version: Version } satisfies z.infer<typeof publishedSchema>);
      await lambda.send(
        new CreateAliasCommand({
          FunctionName: functionName,
          Name: aliasOf(sizes, memoryMiB),
          FunctionVersion: Version,
        }),
        { abortSignal: callLimit() },
      );
    }
    // Whoever calls it has its own memory again while the sizes are measured.
    await putBack(lambda, sizes, clock);
    for (const memoryMiB of sizes.sizesMiB)
      await settled(lambda, functionName, clock, aliasOf(sizes, memoryMiB));
  },

  async restore(inverse, { clients: { lambda }, clock }) {
    const sizes = inverseSchema.parse(inverse);
    try {
      const remark = await putBack(lambda, sizes, clock);
      await removeAliases(lambda, sizes);
      await removeVersions(lambda, sizes);
      const left = [...(await aliasesOf(lambda, sizes)), ...(await versionsOf(lambda, sizes))];
      if (left.length === 0) return remark;
      throw new NotRestoredError(`${sizes.functionName} still has ${left.join(', ')}`);
    } catch (error) {
      // Whoever removed the function removed all that was published of it.
      if (error instanceof ResourceNotFoundException && !(await exists(lambda, sizes.functionName))) {
        return `${sizes.functionName} is gone, with all its versions`;
      }
      throw error;
    }
  },
};

/** How the description of every function begins that is being measured. */
export const tagPrefix = 'headroom size ';

const lookEveryMs = 1_000;

const configurationOf = (
  lambda: LambdaClient,
  FunctionName: string,
  Qualifier?: string,
): Promise<FunctionConfiguration> =>
  lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName, ...(Qualifier !== undefined && { Qualifier }) }),
    { abortSignal: callLimit() },
  );

/**
 * The configuration once no update of it is under way: only then its revision stays, and a version may be published.
 * @throws FaultNotAppliedError where the update failed, or lasts too long
 */
async function settled(
  lambda: LambdaClient,
  functionName: string,
  clock: Clock,
  qualifier?: string,
): Promise<FunctionConfiguration> {
  const deadlineMs = clock.now() + limits.size.updateWithinMs;
  for (;;) {
    const now = await configurationOf(lambda, functionName, qualifier);
    const { State = 'Active', StateReason, LastUpdateStatus = 'Successful', LastUpdateStatusReason } = now;
    // A function that nobody called for weeks is Inactive: it can be updated, and the first call wakes it.
    if (State !== 'Pending' && State !== 'Failed' && LastUpdateStatus === 'Successful') return now;
    const why = LastUpdateStatusReason ?? StateReason ?? 'AWS gives no reason';
    if (State === 'Failed' || LastUpdateStatus === 'Failed' || clock.now() >= deadlineMs) {
      throw new FaultNotAppliedError(`${functionName} is ${State}, its update ${LastUpdateStatus}: ${why}`);
    }
    await clock.sleep(lookEveryMs);
  }
}

function refuseOthersChange(
  { FunctionName, MemorySize, Description }: FunctionConfiguration,
  expected: { MemorySize: number; Description: string },
): void {
  if (MemorySize === expected.MemorySize && (Description ?? '') === expected.Description) return;
  throw new FaultNotAppliedError(
    `somebody else changed ${FunctionName} meanwhile: it has ${MemorySize} MiB and not ${expected.MemorySize}`,
  );
}

const update = (
  lambda: LambdaClient,
  { FunctionName, RevisionId }: FunctionConfiguration,
  to: { MemorySize: number; Description: string },
): Promise<unknown> =>
  lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId, ...to }), {
    abortSignal: callLimit(),
  });

/**
 * Gives the unpublished function its own memory and description again, where it still bears the tag: who deployed it
 * meanwhile has given it others.
 */
async function putBack(lambda: LambdaClient, sizes: PublishedSizes, clock: Clock): Promise<string | null> {
  const { functionName, tag, memoryMiB, description, sizesMiB } = sizes;
  const first = await configurationOf(lambda, functionName);
  if (first.Description !== tag) return null;
  const now = await settled(lambda, functionName, clock);
  if (now.Description !== tag) return null;
  const size = now.MemorySize ?? memoryMiB;
  const others = size !== memoryMiB && !sizesMiB.includes(size);
  await update(lambda, now, { MemorySize: others ? size : memoryMiB, Description: description });
  await settled(lambda, functionName, clock);
  return others ? `somebody else gave ${functionName} ${size} MiB meanwhile, which it keeps` : null;
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

async function exists(lambda: LambdaClient, functionName: string): Promise<boolean> {
  try {
    await configurationOf(lambda, functionName);
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** What the unpublished function has now. */
export async function readUnpublished(
  lambda: LambdaClient,
  functionName: string,
): Promise<{ memoryMiB: number; description: string; architecture: 'arm64' | 'x86_64' }> {
  const {
    MemorySize = 128,
    Description = '',
    Architectures = ['x86_64'],
  } = await configurationOf(lambda, functionName);
  return {
    memoryMiB: MemorySize,
    description: Description,
    architecture: Architectures[0] === 'arm64' ? 'arm64' : 'x86_64',
  };
}
