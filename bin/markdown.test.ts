import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from './directories.ts';

/** Text of the project's Markdown files by path. */
let pages: ReadonlyMap<string, string>;
beforeAll(async () => {
  const entries = await readdir(projectDirectory, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isDirectory()) return [entry.name];
      if (/^\.(?!github$)|^(node_modules|cdk\.out|coverage)$/.test(entry.name)) return [];
      const below = await readdir(join(projectDirectory, entry.name), { recursive: true });
      return below.map((path) => join(entry.name, path));
    }),
  );
  const paths = found.flat().filter((path) => path.endsWith('.md'));
  pages = new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readFile(join(projectDirectory, path), 'utf8')] as const),
    ),
  );
});

const fences = /^(`{3,}).*?^\1$/gms;
const spans = /`[^`]*`/g;

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(fences, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Why a link of a page leads nowhere; undefined when it does not. */
function linkProblem(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(projectDirectory, target))) return `${page}: ${link}: no such file`;
  if (anchor === undefined) return undefined;
  return anchorsOf(pages.get(target) ?? '').includes(anchor)
    ? undefined
    : `${page}: ${link}: no such heading`;
}

describe('the Markdown files', () => {
  it('link to what there is', () => {
    const links = [...pages].flatMap(([page, text]) =>
      [
        ...text
          .replaceAll(fences, '')
          .replaceAll(spans, '')
          .matchAll(/\]\(([^)\s]+)\)/g),
      ].map(([, link = '']) => ({
        page,
        link,
      })),
    );
    const inside = links.filter(({ link }) => !/^[a-z]+:/.test(link));
    expect(inside.length).toBeGreaterThan(10);
    expect(inside.flatMap(({ page, link }) => linkProblem(page, link) ?? [])).toEqual([]);
  });

  it('name files that there are', () => {
    const named = [...pages].flatMap(([page, text]) =>
      [...text.replaceAll(fences, '').matchAll(/`([\w-]+\/[\w./-]*)`/g)].map(([, path = '']) => ({
        page,
        path,
      })),
    );
    // From the project's folder or from the page's own; anything else only looks like a path.
    const paths = named.flatMap(({ page, path }) => {
      const places = ['.', dirname(page)].filter((from) =>
        existsSync(join(projectDirectory, from, path.split('/')[0] ?? '')),
      );
      return places.length === 0 ? [] : [{ page, path, places }];
    });
    expect(paths.length).toBeGreaterThan(50);
    const missing = paths.filter(
      ({ path, places }) => !places.some((from) => existsSync(join(projectDirectory, from, path))),
    );
    expect(missing.map(({ page, path }) => `${page}: ${path}`)).toEqual([]);
  });
});
