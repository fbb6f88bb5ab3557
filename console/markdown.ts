import { Marked, type Tokens } from 'marked';

/** Text as it stands in HTML, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** HTML inside Markdown is shown, not obeyed. */
const marked = new Marked({
  renderer: { html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text) },
});

/**
 * Markdown as HTML.
 * @param rewriteLink the address a link shall have.
 */
export function renderMarkdown(
  markdown: string,
  rewriteLink: (href: string) => string = (href) => href,
): string {
  return marked.parse(markdown, {
    async: false,
    walkTokens: (token) => {
      if (token.type === 'link') token.href = safe(rewriteLink(token.href as string));
    },
  });
}

/** A link may lead to a web address or to another page, never run a script. */
const safe = (href: string): string => (/^(https?:|[^:]*$)/i.test(href) ? href : '#');
