import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { dependencyOrder } from './order.ts';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
});

const templateSchema = z.looseObject({
  Description: z.string().optional(),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }),
    )
    .default({}),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown() })).default({}),
});

const assetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() })),
      }),
    )
    .default({}),
});

export type Template = z.output<typeof templateSchema>;
export type TemplateResource = z.output<typeof resourceSchema>;

export interface Stack {
  name: string;
  template: Template;
}

/** A synthesized CDK app, read from its output directory. */
export interface Assembly {
  /** Every stack after those it depends on. */
  stacks: Stack[];
  /** The local directory of a code asset, by where the template expects it; undefined when unknown. */
  codeDirectory(bucket: string, key: string): string | undefined;
}

/**
 * Reads a cloud assembly.
 * @throws TemplateError when a file is missing or is not what CDK writes.
 */
export async function readAssembly(directory: string): Promise<Assembly> {
  const { artifacts } = await readChecked(join(directory, 'manifest.json'), manifestSchema);
  const dependencies = new Map<string, string[]>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack') dependencies.set(id, artifact.dependencies);
    else if (artifact.type === 'cdk:cloud-assembly') {
      throw new TemplateError(
        id,
        'nested assemblies (CDK Stage) are not read here; put stacks into the app itself',
      );
    }
  }
  const stacks = await Promise.all(
    dependencyOrder(dependencies).map(async (id): Promise<Stack> => {
      const properties = artifacts[id]?.properties;
      const file = join(directory, properties?.templateFile ?? `${id}.template.json`);
      return { name: properties?.stackName ?? id, template: await readChecked(file, templateSchema) };
    }),
  );
  const directories = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest' || artifact.properties.file === undefined) continue;
    const { files } = await readChecked(join(directory, artifact.properties.file), assetsSchema);
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined || source.packaging !== 'zip') continue;
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        directories.set(`${bucketName}/${objectKey}`, join(directory, source.path));
      }
    }
  }
  return { stacks, codeDirectory: (bucket, key) => directories.get(`${bucket}/${key}`) };
}

async function readChecked<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new TemplateError(file, 'cannot be read as JSON; synthesize again', { cause: error });
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw new TemplateError(file, z.prettifyError(result.error), { cause: result.error });
}
