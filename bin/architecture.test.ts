import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from './context.ts';

const read = (path: string): Promise<string> => readFile(join(projectDirectory, path), 'utf8');

/** To each room those it may import from, sorted. */
type Arrows = Record<string, string[]>;

/** What the first diagram of the page draws: an arrow allows what it leads to, and all that is allowed there. */
function drawnIn(page: string): Arrows {
  const [, diagram = ''] = /^```mermaid\n(.*?)^```$/ms.exec(page) ?? [];
  const lines = diagram.split('\n').map((line) => line.trim());
  const rooms = lines.flatMap((line) => /^(\w+)\[/.exec(line)?.[1] ?? []);
  const steps = new Map(rooms.map((room) => [room, new Set<string>()]));
  for (const line of lines.filter((one) => one.includes(' --> '))) {
    const chain = line.split(' --> ');
    chain.slice(1).forEach((to, index) => steps.get(chain[index] ?? '')?.add(to));
  }
  const reach = (room: string, reached: Set<string>): Set<string> => {
    for (const next of steps.get(room) ?? []) if (!reached.has(next)) reach(next, reached.add(next));
    return reached;
  };
  return Object.fromEntries(rooms.map((room) => [room, [...reach(room, new Set())].toSorted()]));
}

interface LintConfiguration {
  overrides: {
    files: string[];
    rules: { 'no-restricted-imports'?: 'off' | [string, { patterns: { group: string[] }[] }] };
  }[];
}

/** What lint forbids to nobody but itself. */
function allowedBy({ overrides }: LintConfiguration, rooms: readonly string[]): Arrows {
  const forbiddenTo = (room: string): string[] =>
    overrides
      .filter(({ files }) => files.includes(`${room}/**/*.ts`))
      .flatMap(({ rules: { 'no-restricted-imports': rule } }) =>
        Array.isArray(rule) ? rule[1].patterns : [],
      )
      .flatMap(({ group }) => group);
  return Object.fromEntries(
    rooms.map((room) => {
      const forbidden = forbiddenTo(room);
      return [
        room,
        rooms.filter((other) => other !== room && !forbidden.includes(`**/${other}/**`)).toSorted(),
      ];
    }),
  );
}

/** Folders that hold code of ours. */
async function roomFolders(): Promise<string[]> {
  const entries = await readdir(projectDirectory, { withFileTypes: true });
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|cdk\.out|coverage)$/.test(entry.name),
  );
  const hold = await Promise.all(
    folders.map(async ({ name }) =>
      (await readdir(join(projectDirectory, name), { recursive: true })).some(isCode),
    ),
  );
  return folders.flatMap(({ name }, index) => (hold[index] ? [name] : [])).toSorted();
}

const isCode = (path: string): boolean => path.endsWith('.ts');

describe('the picture of the rooms', () => {
  let drawn: Arrows;
  beforeAll(async () => {
    drawn = drawnIn(await read('docs/architecture.md'));
  });

  it('shows every room that there is', async () => {
    expect(Object.keys(drawn).toSorted()).toEqual(await roomFolders());
  });

  it('has the arrows that lint holds', async () => {
    const configuration = JSON.parse(await read('.oxlintrc.json')) as LintConfiguration;
    expect(allowedBy(configuration, Object.keys(drawn))).toEqual(drawn);
  });
});
