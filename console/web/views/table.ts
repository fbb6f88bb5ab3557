import { h } from '../dom.ts';

/** A table; columns whose title begins with # hold figures. On a narrow page, each row becomes a block. */
export function table(titles: readonly string[], rows: readonly (string | HTMLElement)[][]): HTMLElement {
  const columns = titles.map((title) => ({
    title: title.replace('#', ''),
    className: title.startsWith('#') ? 'figure' : undefined,
  }));
  return h(
    'table',
    { class: 'facts' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map(({ title, className }) => h('th', { scope: 'col', class: className }, title)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          {},
          row.map((cell, index) =>
            h('td', { class: columns[index]?.className, 'data-title': columns[index]?.title }, cell),
          ),
        ),
      ),
    ),
  );
}
