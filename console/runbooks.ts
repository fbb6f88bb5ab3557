import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { renderMarkdown } from './markdown.ts';

/** Checks that somebody who was just woken takes in. */
const firstChecks = 3;

const directory = new URL('../monitoring/runbooks/', import.meta.url);

/**
 * A runbook as the HTML of its page's body; null when there is no such runbook.
 * @param of whose alarm it is read for: the commands' variables are set accordingly.
 */
export async function renderRunbook(
  id: string,
  of: { stage: string; system: string | null },
): Promise<{ title: string; html: string } | null> {
  const markdown = await readRunbook(id);
  if (markdown === null) return null;
  const query = of.system === null ? '' : `?system=${of.system}`;
  const [heading = id, ...rest] = markdown.split('\n');
  const variables = `\`\`\`sh\n${variablesOf(of)}\n\`\`\`\n`;
  return {
    title: heading.replace(/^#\s*/, ''),
    html: renderMarkdown([heading, '', variables, ...rest].join('\n'), (href) =>
      href.replace(/^(\w+)\.md$/, (_, other: string) => `/runbooks/${other}${query}`),
    ),
  };
}

/** The first checks of a runbook, each whole by itself: with the variables that it takes. None without a runbook. */
export async function runbookCommands(
  id: string,
  of: { stage: string; system: string | null },
): Promise<string[]> {
  const markdown = (await readRunbook(id)) ?? '';
  // What comes after the checks changes things: that is for whoever has read on.
  const [introduction = '', checks = ''] = markdown.split(/^## .*$/m);
  return blocksOf(checks)
    .slice(0, firstChecks)
    .map((block) => [variablesOf(of), ...assignmentsFor(block, introduction), block].join('\n'));
}

/** The commands of each block of a runbook, as they stand at the left margin. */
const blocksOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = '', text = '']) =>
    text
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join('\n')
      .trimEnd(),
  );

/** The assignments of a runbook's introduction that a block needs, and those that they need in turn. */
function assignmentsFor(block: string, introduction: string): string[] {
  const needed: string[] = [];
  for (const line of blocksOf(introduction).join('\n').split('\n').toReversed()) {
    const [, variable] = /^([A-Z]+)=/.exec(line) ?? [];
    const isUsed = new RegExp(String.raw`\$${variable}\b`).test([...needed, block].join('\n'));
    if (variable !== undefined && isUsed) needed.unshift(line);
  }
  return needed;
}

const variablesOf = ({ stage, system }: { stage: string; system: string | null }): string =>
  system === null ? `STAGE=${stage}` : `STAGE=${stage} SYSTEM=${system}`;

/** Null when there is no such runbook. */
async function readRunbook(id: string): Promise<string | null> {
  const ids = (await readdir(directory)).map((name) => basename(name, '.md'));
  return ids.includes(id) ? readFile(new URL(`${id}.md`, directory), 'utf8') : null;
}
