import {
  CreateAliasCommand,
  PublishVersionCommand,
  ResourceNotFoundException,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import type { Fault } from './fault.ts';
import { configurationOf, exists, settled, update } from '../functionConfiguration.ts';
import { aliasOf, publishedSizesSchema, removePublished, type PublishedSizes } from '../publishedSizes.ts';

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
  needs: [],

  plan() {
    // Of what function, and in which sizes, no drill knows.
    throw new TypeError('publish-sizes is not part of a drill');
  },

  async obstacle(planned, { lambda }) {
    const { functionName } = publishedSizesSchema.parse(planned);
    const { LastUpdateStatus, Description = '' } = await configurationOf(lambda, functionName);
    if (LastUpdateStatus === 'InProgress') return `${functionName} is being updated: wait until that is over`;
    return Description.startsWith(tagPrefix)
      ? `${functionName} is as an earlier measurement left it: run "headroom chaos restore"`
      : null;
  },

  // Only before a drill they are asked; docs/size.md lists them.
  permissions: () => Promise.resolve([]),

  async inject(planned, { clients: { lambda }, clock, signal, note }) {
    const sizes = publishedSizesSchema.parse(planned);
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
    const sizes = publishedSizesSchema.parse(inverse);
    try {
      const remark = await putBack(lambda, sizes, clock);
      const left = await removePublished(lambda, sizes);
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

function refuseOthersChange(
  { FunctionName, MemorySize, Description }: FunctionConfiguration,
  expected: { MemorySize: number; Description: string },
): void {
  if (MemorySize === expected.MemorySize && (Description ?? '') === expected.Description) return;
  throw new FaultNotAppliedError(
    `somebody else changed ${FunctionName} meanwhile: it has ${MemorySize} MiB and not ${expected.MemorySize}`,
  );
}

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
