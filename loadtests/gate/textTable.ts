/**
 * Lines of a table: a header, a rule, and the rows.
 * @param titles those that begin with # are of figures, which stand at the right of their column
 * @param end what stands after the last column of each row, such as a coloured word; its longest has so many characters
 */
export function textTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  end: { title: string; of: (row: number) => string; longest: number },
): string[] {
  const header = titles.map((title) => title.replace('#', ''));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string[] =>
    row.map((text, column) =>
      titles[column]?.startsWith('#') ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
    );
  return [
    [...line(header), end.title].join('  '),
    [...widths, end.longest].map((length) => '─'.repeat(length)).join('──'),
    ...rows.map((row, index) => [...line(row), end.of(index)].join('  ')),
  ];
}
