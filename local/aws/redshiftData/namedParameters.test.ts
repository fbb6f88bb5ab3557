import { describe, expect, it } from 'vitest';
import { toPositional } from './namedParameters.ts';

const id = { name: 'id', value: '1' };
const city = { name: 'city', value: 'Ana' };

describe('toPositional', () => {
  it('gives every place a position of its own', () => {
    expect(toPositional(['SELECT :id WHERE id = :id AND city = :city'], [id, city])).toEqual([
      { text: 'SELECT $1 WHERE id = $2 AND city = $3', values: ['1', '1', 'Ana'] },
    ]);
  });

  it.each([
    ["SELECT ':id', :id", "SELECT ':id', $1"],
    ["SELECT 'it''s :id', :id", "SELECT 'it''s :id', $1"],
    ['SELECT ":id" FROM t WHERE id = :id', 'SELECT ":id" FROM t WHERE id = $1'],
    ['SELECT x::int, :id::int', 'SELECT x::int, $1::int'],
    ['-- :id\nSELECT :id', '-- :id\nSELECT $1'],
    ['/* :id */ SELECT :id', '/* :id */ SELECT $1'],
    ['SELECT $a$ :id $a$, :id', 'SELECT $a$ :id $a$, $1'],
  ])('leaves alone what is no parameter: %s', (sql, text) => {
    expect(toPositional([sql], [id])[0]?.text).toBe(text);
  });

  it('leaves a statement without parameters as it is', () => {
    const sql = 'SELECT a[1:x]';
    expect(toPositional([sql], [])).toEqual([{ text: sql, values: [] }]);
  });

  it('spreads parameters over the statements of a batch', () => {
    expect(toPositional(['SELECT :id', 'SELECT :city'], [id, city]).map((query) => query.values)).toEqual([
      ['1'],
      ['Ana'],
    ]);
  });

  it('refuses a parameter without a value, and a value without a place', () => {
    expect(() => toPositional(['SELECT :other, :id'], [id])).toThrow('no value for :other');
    expect(() => toPositional(['SELECT :id'], [id, city])).toThrow('the SQL has no :city');
  });
});
