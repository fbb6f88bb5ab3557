import { expect, test } from 'vitest';
import { UnsupportedError } from '../../errors.ts';
import { select } from './jsonPath.ts';

const value = {
  name: { first: 'Ada' },
  age: 36,
  'fav.movie': 'Metropolis',
  friends: [{ first: 'Grace', age: 44 }, { first: 'Alan' }],
};

test.each([
  ['age', 36],
  ['name.first', 'Ada'],
  ['fav\\.movie', 'Metropolis'],
  ['friends.1.first', 'Alan'],
  ['friends.#', 2],
  ['friends.#.first', ['Grace', 'Alan']],
  ['friends.#.age', [44]],
  ['name.last', undefined],
  ['friends.7', undefined],
  ['age.years', undefined],
  ['constructor', undefined],
])('%s', (selector, expected) => {
  expect(select(value, selector)).toEqual(expected);
});

test.each(['friends.#(age>40)', 'na*', 'name|first', '@reverse', 'friends.{a,b}'])(
  '%s is refused by its name',
  (selector) => {
    expect(() => select(value, selector)).toThrow(UnsupportedError);
    expect(() => select(value, selector)).toThrow(selector);
  },
);
