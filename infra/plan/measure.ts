import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withSystems, type Fleet } from '../../fleet/fleet.ts';
import type { Template } from '../rules/template.ts';
import { appOf } from '../cdkApp.ts';
import { inventoryOf, type Inventory } from './inventory.ts';

/**
 * Counts what a stage's templates hold, by synthesizing it with one system and with two: nothing is written
 * down that could differ from what is deployed. Takes about a second.
 */
export async function measureInventory(fleet: Fleet, stage: string): Promise<Inventory> {
  const directory = await mkdtemp(join(tmpdir(), 'headroom-plan-'));
  const codeDirectory = join(directory, 'code');
  try {
    // Any directory stands for the functions' code.
    await mkdir(codeDirectory);
    const templates = (systems: number): Template[] =>
      appOf({
        fleet: withSystems(fleet, systems),
        stages: [stage],
        outputDirectory: join(directory, String(systems)),
        codeDirectory,
        release: 'none',
        validate: false,
      })
        .synth()
        .stacks.map(({ template }) => template as Template);
    return inventoryOf(templates(1), templates(2));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
