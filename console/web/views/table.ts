import { html, nothing, type TemplateResult } from 'lit-html';

/** A table; columns whose title begins with # hold figures. On a narrow page, each row becomes a block. */
export function table(
  titles: readonly string[],
  rows: readonly (string | TemplateResult)[][],
): TemplateResult {
  const columns = titles.map((title) => ({
    title: title.replace('#', ''),
    className: title.startsWith('#') ? 'figure' : nothing,
  }));
  const cell = (content: string | TemplateResult, index: number): TemplateResult => {
    const { title, className } = columns[index] ?? { title: '', className: nothing };
    return html`<td class=${className} data-title=${title}>${content}</td>`;
  };
  return html`<table class="facts">
    <thead>
      <tr>
        ${columns.map(({ title, className }) => html`<th scope="col" class=${className}>${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map(cell)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
