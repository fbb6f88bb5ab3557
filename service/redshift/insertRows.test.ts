import type { ClientBase, QueryConfig } from 'pg';
import { expect, it } from 'vitest';
import { insertRows } from './insertRows.ts';

const into = { table: 'things', columns: ['id', 'name'] };

function recording(): { client: ClientBase; asked: QueryConfig[] } {
  const asked: QueryConfig[] = [];
  const query = async (config: QueryConfig): Promise<void> => void asked.push(config);
  return { client: { query } as unknown as ClientBase, asked };
}

const rowsOf = (size: number): [number, string][] =>
  Array.from({ length: size }, (_, index) => [index, `name ${index}`]);

it('keeps the statement of a size from its second time in a row, of four sizes at most', async () => {
  const { client, asked } = recording();
  for (const size of [7, 2, 7, 7, 2, 7, 1, 1, 2, 2, 3, 3, 4, 4, 4])
    await insertRows(client, into, rowsOf(size));
  const kept = asked.flatMap(({ name }, index) => (name === undefined ? [] : [[index, name]]));
  expect(kept).toEqual([
    [3, 'things-7'],
    [5, 'things-7'],
    [7, 'things-1'],
    [9, 'things-2'],
    [11, 'things-3'],
  ]);
});

it('knows nothing of what another connection keeps', async () => {
  for (const { client, asked } of [recording(), recording()]) {
    await insertRows(client, into, rowsOf(2));
    expect(asked[0]?.name).toBeUndefined();
  }
});

it('binds every value of every row in its place, in as few statements as can bind them', async () => {
  const { client, asked } = recording();
  const rows = rowsOf(16_384);
  await insertRows(client, into, rows);
  expect(asked.map(({ values }) => values?.length)).toEqual([32_766, 2]);
  expect(asked.flatMap(({ values }) => values)).toEqual(rows.flat());
  expect(asked[1]?.text).toBe('INSERT INTO things (id, name) VALUES ($1, $2)');
});
