import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadFleet } from '../fleet/fleet.ts';
import { fleetSchema } from '../fleet/fleetSchema.ts';
import { stageSchema } from '../fleet/stageSchema.ts';
import { planFleet } from '../infra/plan/planFleet.ts';
import { projectDirectory } from '../infra/testing/emptyFunctions.ts';
import { UsageError } from './errors.ts';
import { writeFleetSkeleton } from './fleetSkeleton.ts';

const project = resolve('.');
let directory: Awaited<ReturnType<typeof projectDirectory>>;
let file: string;
beforeAll(async () => {
  directory = await projectDirectory();
  file = join(directory.path, 'deep', 'fleet.config.ts');
  await writeFleetSkeleton(project, file);
});
afterAll(() => directory.remove());

/** Options that are documents of their own, each with a page. */
const ownDocuments = ['service', 'adopt'];

/** Names of all that may stand in it, but for what is in those. */
function fieldsOf(schema: z.core.JSONSchema.BaseSchema): string[] {
  const inner = [schema.additionalProperties, schema.items].filter((one) => typeof one === 'object');
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      typeof field !== 'object' || ownDocuments.includes(name) ? [name] : [name, ...fieldsOf(field)],
    ),
    ...inner.flatMap((one) => (Array.isArray(one) ? [] : fieldsOf(one))),
  ];
}

describe('the configuration that is written', () => {
  it('can be planned with, and says what an option is where it is left out', async () => {
    const fleet = await loadFleet(file);
    expect(fleet.stages['prod']).toEqual(stageSchema.parse({ provenByStage: 'qa' }));
    const [plan] = await planFleet(fleet, ['prod'], 1);
    expect(plan).toMatchObject({ stage: 'prod', systems: 2 });
    expect(plan!.connections.needed).toBeLessThanOrEqual(plan!.connections.allowed);
  });

  it('explains every option', async () => {
    const text = await readFile(file, 'utf8');
    const fields = fieldsOf(z.toJSONSchema(fleetSchema, { io: 'input', unrepresentable: 'any' }));
    expect(fields).toContain('snapshotRetentionDays');
    expect(fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('is written over nothing, and nowhere that the toolkit cannot be imported from', async () => {
    const mine = join(directory.path, 'mine.ts');
    await writeFile(mine, 'mine');
    await expect(writeFleetSkeleton(project, mine)).rejects.toThrow(
      'is there already, and is not overwritten',
    );
    expect(await readFile(mine, 'utf8')).toBe('mine');
    for (const [wrong, why] of [
      [join(project, '..', 'fleet.config.ts'), 'is not within'],
      [join(directory.path, 'fleet.json'), 'expected a file that ends in .ts'],
    ] as const) {
      await expect(writeFleetSkeleton(project, wrong)).rejects.toThrow(UsageError);
      await expect(writeFleetSkeleton(project, wrong)).rejects.toThrow(why);
    }
  });
});
