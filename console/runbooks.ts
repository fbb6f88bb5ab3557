import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { renderMarkdown } from './markdown.ts';

const directory = new URL('../monitoring/runbooks/', import.meta.url);

/**
 * A runbook as the HTML of its page's body; null when there is no such runbook.
 * @param of whose alarm it is read for: the commands' variables are set accordingly.
 */
export async function renderRunbook(
  id: string,
  of: { stage: string; system: string | null },
): Promise<{ title: string; html: string } | null> {
  const ids = (await readdir(directory)).map((name) => basename(name, '.md'));
  if (!ids.includes(id)) return null;
  const markdown = await readFile(new URL(`${id}.md`, directory), 'utf8');
  const query = of.system === null ? '' : `?system=${of.system}`;
  const [heading = id, ...rest] = markdown.split('\n');
  const variables = `\`\`\`sh\nSTAGE=${of.stage} SYSTEM=${of.system ?? 'SYSTEM'}\n\`\`\`\n`;
  return {
    title: heading.replace(/^#\s*/, ''),
    html: renderMarkdown([heading, '', variables, ...rest].join('\n'), (href) =>
      href.replace(/^(\w+)\.md$/, (_, other: string) => `/runbooks/${other}${query}`),
    ),
  };
}
