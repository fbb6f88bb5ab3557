import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({ artifacts: z.record(z.string(), z.object({ type: z.string() })) });

/** Ids of the stacks in a synthesized assembly, by which `cdk` selects them. */
export async function stacksOfAssembly(directory: string): Promise<string[]> {
  const text = await readFile(join(directory, 'manifest.json'), 'utf8');
  const { artifacts } = manifestSchema.parse(JSON.parse(text));
  return Object.entries(artifacts).flatMap(([id, { type }]) =>
    type === 'aws:cloudformation:stack' ? [id] : [],
  );
}
