import { SharedArray } from 'k6/data';
import { check } from 'k6';

const users = new SharedArray('users', () => JSON.parse(open('./users.json')));

export const options = { vus: 2, iterations: 2 };

export default function () {
  check(users, {
    length: (all) => all.length === 3,
    element: (all) => all[1].name === 'b',
    'a copy of an element': (all) => {
      all[0].name = 'changed';
      return all[0].name === 'a';
    },
    'for of': (all) => {
      let names = '';
      for (const { name } of all) names += name;
      return names === 'abc';
    },
    'read-only': (all) => {
      try {
        all[0] = {};
        return all[0].name === 'a';
      } catch {
        return true;
      }
    },
  });
}
