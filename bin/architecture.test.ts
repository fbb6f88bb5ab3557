import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import oxlint from '../.oxlintrc.json' with { type: 'json' };
import { projectDirectory } from './directories.ts';

const page = readFileSync(join(projectDirectory, 'docs/architecture.md'), 'utf8');

/**
 * To each room of the page's first diagram those it may import from: an arrow allows what it leads to, and all that is
 * allowed there.
 */
function drawnArrows(): ReadonlyMap<string, ReadonlySet<string>> {
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
  return new Map(rooms.map((room) => [room, reach(room, new Set())]));
}

interface Override {
  files: string[];
  rules: Record<string, unknown>;
}
const overrides: readonly Override[] = oxlint.overrides;

/** Patterns of what lint forbids a room to import. */
const forbiddenTo = (room: string): string[] =>
  overrides
    .filter(({ files }) => files.includes(`${room}/**/*.ts`))
    .flatMap(({ rules }) => {
      const rule = rules['no-restricted-imports'];
      return Array.isArray(rule) ? (rule[1] as { patterns: { group: string[] }[] }).patterns : [];
    })
    .flatMap(({ group }) => group);

const drawn = drawnArrows();
const rooms = [...drawn.keys()];

describe('the picture of the rooms', () => {
  it('shows every folder that holds code', () => {
    const files = globSync('*/**/*.ts', {
      cwd: projectDirectory,
      // Services beside the one that ships here are no rooms: none imports from them.
      exclude: (name) => ['node_modules', '.headroom', 'cdk.out', 'examples', 'services'].includes(name),
    });
    const folders = new Set(files.map((file) => file.split('/')[0] ?? ''));
    expect(rooms.toSorted()).toEqual([...folders].toSorted());
  });

  it.each(rooms)('has the arrows of %s that lint holds', (room) => {
    const unreached = rooms.filter((other) => other !== room && drawn.get(room)?.has(other) === false);
    expect(forbiddenTo(room).toSorted()).toEqual(unreached.map((other) => `**/${other}/**`).toSorted());
    expect(drawn.get(room)).not.toContain(room);
  });
});
