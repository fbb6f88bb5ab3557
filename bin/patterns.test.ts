import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import vitestConfig, { longest } from '../vitest.config.ts';
import knip from '../knip.json' with { type: 'json' };
import oxlint from '../.oxlintrc.json' with { type: 'json' };
import { projectDirectory } from './directories.ts';

/** Made by the tools, and not there on a clean checkout. */
const made = ['node_modules', '.headroom', 'cdk.out'];

const files = globSync('**/*.ts', {
  cwd: projectDirectory,
  exclude: (name) => made.some((directory) => matchesGlob(name, directory)),
});

const matchNothing = (patterns: readonly string[]): string[] =>
  patterns.filter(
    (pattern) => !made.includes(pattern.split('/')[0]!) && !files.some((file) => matchesGlob(file, pattern)),
  );

interface Override {
  files: string[];
  rules: Record<string, unknown>;
}
const overrides: readonly Override[] = oxlint.overrides;

describe('every pattern guards something:', () => {
  it("lint's", () => {
    expect(matchNothing(overrides.flatMap((override) => override.files))).toEqual([]);
    expect(matchNothing(oxlint.ignorePatterns)).toEqual([]);
  });

  it("lint's exemptions from explicit time and environment, each of what is used there", () => {
    const exempt = overrides.find(({ rules }) => rules['no-restricted-globals'] === 'off')!.files;
    const unused = exempt.filter(
      (pattern) =>
        !files.some(
          (file) =>
            matchesGlob(file, pattern) &&
            /\bprocess\b|Date\.now|Math\.random/.test(readFileSync(join(projectDirectory, file), 'utf8')),
        ),
    );
    expect(unused).toEqual([]);
  });

  it('those of the search for what is unused', () => {
    expect(matchNothing([...knip.entry, ...knip.project])).toEqual([]);
  });

  it("the tests'", () => {
    const projects = vitestConfig.test!.projects as { test: { include: string[]; exclude?: string[] } }[];
    expect(projects.length).toBeGreaterThan(1);
    for (const { test } of projects) {
      expect(matchNothing([...test.include, ...(test.exclude ?? [])])).toEqual([]);
    }
    expect(matchNothing(longest)).toEqual([]);
  });
});
